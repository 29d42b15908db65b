"""The profile of an area: residents inside the circle by age band, venues, and the regions right below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kernel.scope import GrantedScope
from warehouse.queries.coverage import covered
from warehouse.queries.map import venue_sums
from warehouse.queries.regions import regions
from warehouse.queries.venue_filter import DistanceKind, VenueFilter

EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class RegionName:
    """A region's code and its name in the language asked for."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class BandCoverage:
    """Residents of an age band (or ``all``) and how many of them live inside the circle, by minutes."""

    band_code: str
    resident_count: float
    covered: Mapping[int, float]

    def share(self, minutes: int) -> float | None:
        """Share inside the circle, 0..1; None where nobody lives."""
        return self.covered[minutes] / self.resident_count if self.resident_count > 0 else None


@dataclass(frozen=True, slots=True)
class AreaProfile:
    """What is known of an area under one filter.

    Attributes
    ----------
    region : RegionName
        The area.
    level : str
        province, city or county.
    above : sequence of RegionName
        Regions that hold it, the top first.
    bands : sequence of BandCoverage
        ``all`` first, then the age bands that were delivered; empty where no population was.
    venue_count : int
        Qualifying venues.
    area_m2 : float or None
        Their area, square metres.
    below : sequence of (RegionName, BandCoverage or None)
        Regions right below it.
    is_visible : bool
        Whether the scope includes the area; without it there are no figures.
    """

    region: RegionName
    level: str
    above: Sequence[RegionName]
    bands: Sequence[BandCoverage]
    venue_count: int
    area_m2: float | None
    below: Sequence[tuple[RegionName, BandCoverage | None]]
    is_visible: bool


def profile(
    scope: GrantedScope, region_code: str, venue_filter: VenueFilter, distance: DistanceKind, lang: str
) -> AreaProfile | None:
    """Return the profile of a region; None where there is no such region."""
    frame = regions(scope)
    rows = {row["region_code"]: row for row in frame.iter_rows(named=True)}
    if region_code not in rows:
        return None
    name = {
        code: RegionName(code, (row["region_name_en"] if lang == "en" else None) or row["region_name"])
        for code, row in rows.items()
    }
    above: list[RegionName] = []
    parent = rows[region_code]["parent_code"]
    while parent in rows and name[parent] not in above:
        above.insert(0, name[parent])
        parent = rows[parent]["parent_code"]
    bands = _bands(covered(scope, venue_filter, distance))
    venues = venue_sums(scope, venue_filter).filter(pl.col("region_code") == region_code)
    own = bands.get(region_code, [])
    children = [code for code, row in rows.items() if row["parent_code"] == region_code and code != region_code]
    return AreaProfile(
        region=name[region_code],
        level=rows[region_code]["level"],
        above=above,
        bands=own,
        venue_count=int(venues["venue_count"].sum()),
        area_m2=venues["area_m2"][0] if venues.height else None,
        below=[
            (name[code], bands[code][0] if code in bands else None) for code in children if scope.includes_region(code)
        ],
        is_visible=scope.includes_region(region_code),
    )


def _bands(frame: pl.DataFrame) -> dict[str, list[BandCoverage]]:
    """Return the bands of every region, everybody first."""
    found: dict[str, dict[str, BandCoverage]] = {}
    ordered = frame.sort("region_code", pl.col("age_band_code") != EVERYBODY, "age_band_code", "minute_count")
    for code, band, minutes, residents, inside in ordered.select(
        "region_code", "age_band_code", "minute_count", "resident_count", "covered_count"
    ).iter_rows():
        known = found.setdefault(code, {}).get(band)
        counts = {**known.covered, minutes: inside} if known else {minutes: inside}
        found[code][band] = BandCoverage(band, residents, counts)
    return {code: list(bands.values()) for code, bands in found.items()}
