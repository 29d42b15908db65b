"""Small deliveries for the tests of contract check and formats."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from kernel.errors import DataRejected, Finding
from warehouse.delivery import CheckContext, Checked, DeliveryOptions
from warehouse.ingest import check_delivery

VENUE_HEADER = "venue_id,venue_name,venue_type_code,lon,lat,region_code,area_m2,capacity_count"
VENUE_ROW = "V1,玄武湖篮球场,C21,118.7969,32.0603,320102,608,40"


def venues(*rows: str, header: str = VENUE_HEADER) -> str:
    return "\n".join([header, *(rows or (VENUE_ROW,))]) + "\n"


def write(folder: Path, content: str | bytes, name: str = "delivery") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def check(
    folder: Path,
    content: str | bytes,
    name: str = "venue.csv",
    *,
    dataset: str = "venue",
    context: CheckContext | None = None,
    **options: object,
) -> Checked:
    """Check content that lies under a name without ending, as in the landing."""
    path = write(folder, content)
    checked = check_delivery(dataset, path, DeliveryOptions(name, **options), context or CheckContext())  # type: ignore[arg-type]
    assert checked.accepted_count + checked.refused_count + checked.duplicate_count == checked.delivered_count
    assert checked.frame.height == checked.accepted_count
    assert checked.refused.height == checked.refused_count
    return checked


def refused(folder: Path, content: str | bytes, name: str = "venue.csv", **options: object) -> list[Finding]:
    """Return the findings of a delivery that must be refused as a whole."""
    with pytest.raises(DataRejected) as caught:
        check(folder, content, name, **options)  # type: ignore[arg-type]
    assert caught.value.findings
    for finding in caught.value.findings:
        assert finding.file == name
        assert finding.message
        assert finding.fix
        assert str(folder) not in str(finding)
    return list(caught.value.findings)


def rules(findings: Iterable[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
