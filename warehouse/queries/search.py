"""Finding regions and venues by what a person types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kernel.scope import GrantedScope
from warehouse.queries import _run

LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a search.

    Attributes
    ----------
    kind : {"region", "venue"}
        What it is.
    id : str
        ``region_code``, or ``venue_index`` as text.
    name : str
        In the language asked for, Chinese where there is no other.
    detail : str
        For a region its level, for a venue its category: codes that the page puts into words.
    area : str
        Name of the county of a venue; the code of a region.
    lon, lat : float or None
        Where a venue is, WGS-84.
    """

    kind: Literal["region", "venue"]
    id: str
    name: str
    detail: str
    area: str
    lon: float | None = None
    lat: float | None = None


def find(scope: GrantedScope, text: str, lang: str, limit: int = 12) -> list[Found]:
    """Return regions, then venues, whose name begins with a text or holds it.

    Parameters
    ----------
    scope : GrantedScope
        Venues outside its areas are not found; names of regions are known to everybody.
    text : str
        What was typed; whitespace around it does not count, and beyond 60 characters nothing does.
    lang : str
        ``zh`` or ``en``.
    limit : int
        Hits at most, of which at least half are kept for venues when there are that many.
    """
    typed = text.strip()[:LONGEST_TEXT]
    if not typed or limit < 1:
        return []
    suffix = "" if lang == "zh" else "_en"
    regions = [
        Found(
            "region",
            row["region_code"],
            row[f"region_name{suffix}"] or row["region_name"],
            row["level"],
            row["region_code"],
        )
        for row in _run.rows("search_region.sql", scope, text=typed, row_limit=limit).iter_rows(named=True)
    ]
    venues = [
        Found(
            "venue",
            str(row["venue_index"]),
            row["venue_name"],
            row["category_code"],
            row[f"region_name{suffix}"] or row["region_name"] or "",
            row["lon"],
            row["lat"],
        )
        for row in _run.rows("search_venue.sql", scope, text=typed, row_limit=limit).iter_rows(named=True)
    ]
    kept = regions[: max(limit - len(venues), (limit + 1) // 2)]
    return [*kept, *venues[: limit - len(kept)]]
