"""Every setting of the application, read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kernel.errors import SettingError


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings table: environment variable, default and meaning."""

    variable: str
    default: str
    meaning: str


SETTINGS: dict[str, Setting] = {
    "data_dir": Setting("SPORTSMAP_DATA", "var", "Folder of landing, curated files, ledger and snapshots."),
    "host": Setting("SPORTSMAP_HOST", "127.0.0.1", "Address that the server listens on."),
    "port": Setting("SPORTSMAP_PORT", "8050", "Port that the server listens on."),
    "workers": Setting("SPORTSMAP_WORKERS", "1", "Server processes."),
    "threads": Setting("SPORTSMAP_THREADS", "4", "Request threads of each server process."),
    "mode": Setting(
        "SPORTSMAP_MODE", "demo", "`demo` or `production`: production forces a password change at first sign-in."
    ),
    "language": Setting("SPORTSMAP_LANGUAGE", "zh", "Language before a user chooses one: `zh` or `en`."),
    "ledger_url": Setting("SPORTSMAP_LEDGER", "", "SQLAlchemy URL of the ledger; empty: SQLite in the data folder."),
    "map_approval": Setting("SPORTSMAP_MAP_APPROVAL", "", "Map approval number (审图号) shown in the footer."),
    "keep_builds": Setting("SPORTSMAP_KEEP_BUILDS", "5", "Snapshots kept for rollback, besides month ends."),
    "node": Setting(
        "SPORTSMAP_NODE",
        "320000",
        "Code of this node: a province such as `320000` takes packages in, a city such as `320500` sends them.",
    ),
    "exchange_url": Setting(
        "SPORTSMAP_EXCHANGE_URL", "", "Address of the province's node; empty: packages go through the exchange folder."
    ),
    "exchange_folder": Setting(
        "SPORTSMAP_EXCHANGE_FOLDER",
        "",
        "Folder that packages are dropped into; empty: `exchange/drop` in the data folder.",
    ),
    "exchange_max_mb": Setting("SPORTSMAP_EXCHANGE_MAX_MB", "512", "Largest package that is taken in, in megabytes."),
    "exchange_part_kb": Setting(
        "SPORTSMAP_EXCHANGE_PART_KB", "1024", "Size of the parts in which a package is sent, in kilobytes."
    ),
    "forecast": Setting(
        "SPORTSMAP_FORECAST",
        "fast",
        "Effort of the forecasts in a build: `fast` (one model) or `full` (chosen of several).",
    ),
}

MODES = ("demo", "production")
LANGUAGES = ("zh", "en")
FORECAST_EFFORTS = ("fast", "full")


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked settings; see :data:`SETTINGS` for the variables and meanings."""

    data_dir: Path
    host: str
    port: int
    workers: int
    threads: int
    mode: str
    language: str
    ledger_url: str
    map_approval: str
    keep_builds: int
    node: str
    exchange_url: str
    exchange_folder: Path | None
    exchange_max_mb: int
    exchange_part_kb: int
    forecast: str

    @property
    def is_city_node(self) -> bool:
        """Return whether this node is a city's, which sends; a province's takes in."""
        return not self.node.endswith("0000")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a process.

    Parameters
    ----------
    environment : mapping, optional
        Variables to read; the process environment when absent.

    Raises
    ------
    SettingError
        When a value cannot be used; the message lists every fault at once.
    """
    source = os.environ if environment is None else environment
    raw = {name: source.get(setting.variable, setting.default) for name, setting in SETTINGS.items()}
    faults: list[str] = []

    def integer(name: str, low: int, high: int) -> int:
        text = raw[name]
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        faults.append(f"{SETTINGS[name].variable}={text!r} must be a whole number from {low} to {high}")
        return low

    def choice(name: str, allowed: tuple[str, ...]) -> str:
        if raw[name] not in allowed:
            faults.append(f"{SETTINGS[name].variable}={raw[name]!r} must be one of {', '.join(allowed)}")
        return raw[name]

    def node_code() -> str:
        if not re.fullmatch(r"[1-9]\d{3}00", raw["node"]):
            faults.append(
                f"{SETTINGS['node'].variable}={raw['node']!r} must be the code of a province or city, 6 digits"
            )
        return raw["node"]

    def address() -> str:
        parts = urlsplit(raw["exchange_url"])
        if raw["exchange_url"] and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
            faults.append(f"{SETTINGS['exchange_url'].variable}={raw['exchange_url']!r} must be an http(s) address")
        return raw["exchange_url"].rstrip("/")

    folder = Path(raw["exchange_folder"]).expanduser().resolve() if raw["exchange_folder"] else None
    settings = Settings(
        data_dir=Path(raw["data_dir"]).expanduser().resolve(),
        host=raw["host"],
        port=integer("port", 1, 65535),
        workers=integer("workers", 1, 64),
        threads=integer("threads", 1, 64),
        mode=choice("mode", MODES),
        language=choice("language", LANGUAGES),
        ledger_url=raw["ledger_url"],
        map_approval=raw["map_approval"],
        keep_builds=integer("keep_builds", 1, 1000),
        node=node_code(),
        exchange_url=address(),
        exchange_folder=folder,
        exchange_max_mb=integer("exchange_max_mb", 1, 65536),
        exchange_part_kb=integer("exchange_part_kb", 1, 1536),
        forecast=choice("forecast", FORECAST_EFFORTS),
    )
    if faults:
        raise SettingError("; ".join(faults), fix="Correct the environment variables and start again.")
    return settings
