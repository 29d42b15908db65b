"""What tests of the exchange work on: both nodes with their ledgers, and deliveries for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from kernel.settings import Settings, load_settings
from tests.small_town import LAT, LON
from warehouse.delivery import DeliveryOptions
from warehouse.exchange import outbox, records
from warehouse.exchange.records import Package
from warehouse.receive import Sender, receive

CITY, PROVINCE, COUNTY, ELSEWHERE = "320100", "320000", "320102", "320505"


@dataclass
class Pair:
    """Both nodes with their ledgers."""

    city: Settings
    province: Settings
    ours: Engine
    theirs: Engine

    def packages(self) -> list[Package]:
        return records.packages(self.ours, records.OUT)

    def file(self, number: int) -> Path:
        """Return the file of the package with a number."""
        found = next(one for one in self.packages() if one.sequence == number)
        return outbox.out_path(self.city, found.package_id)


def venues(number: int, *, region: str = COUNTY, name: str = "场地") -> str:
    rows = [f"v{number}{k},{name}{number}{k},C20,{region},{LON + k * 0.001:.6f},{LAT:.6f},free" for k in range(3)]
    return "\n".join(["venue_id,venue_name,venue_type_code,region_code,lon,lat,fee_policy", *rows]) + "\n"


def deliver(settings: Settings, text: str, *, period: str | None = None, publisher: str = "", unit: str = "") -> str:
    path = settings.data_dir.parent / "venue.csv"
    path.write_text(text, "utf-8")
    sender = Sender(period=period, publisher=publisher, unit_code=unit or None)
    options = DeliveryOptions(file_name=path.name)
    found = receive(path, ["venue"], options, settings, sender=sender)[0]
    assert found.state == "accepted", found.findings
    return found.batch.batch_id


def node(folder: Path, code: str) -> Settings:
    return replace(load_settings({"SPORTSMAP_NODE": code}), data_dir=folder)
