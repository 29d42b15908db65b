"""The peers' own virtual environment, and what machine this is."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv-bench"
REQUIREMENTS = Path(__file__).parent / "requirements.txt"
PYTHON = FOLDER / "bin" / "python"


def requirements() -> dict[str, str]:
    """Return the pinned version of each package."""
    lines = [line.strip() for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()]
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def install() -> dict[str, str]:
    """Install what can be had as a wheel; return the reason for each package that cannot."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    stamp = FOLDER / ".installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == REQUIREMENTS.read_text(encoding="utf-8"):
        return {}
    missing = {}
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    pins = [f"{name}=={number}" for name, number in requirements().items()]
    if subprocess.run([*pip, *pins], check=False, capture_output=True).returncode:
        # Not all at once: then one by one, so that one missing wheel costs one line of the table.
        for pin in pins:
            done = subprocess.run([*pip, pin], check=False, capture_output=True, text=True)
            if done.returncode:
                missing[pin.split("==")[0]] = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    if not missing:
        stamp.write_text(REQUIREMENTS.read_text(encoding="utf-8"), encoding="utf-8")
    return missing


def machine() -> dict[str, object]:
    """Return what the numbers depend on."""
    model = "unknown"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.system(),
    }
