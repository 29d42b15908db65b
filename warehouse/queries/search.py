"""Finding regions and venues by what a person types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.regions import visible_leaves

LONGEST_TEXT = 60
# A text that is found more often than this is too short to rank; the first ones stand for all.
MOST_MATCHES = 3_000


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


def find_regions(scope: GrantedScope, text: str, lang: str, limit: int) -> list[Found]:
    """Return the regions whose code or name begins with a text or holds it; their names are known to everybody.

    Parameters
    ----------
    scope : GrantedScope
        Who asks.
    text : str
        What was typed; whitespace around it does not count, and beyond 60 characters nothing does.
    lang : str
        ``zh`` or ``en``.
    limit : int
        Hits at most.
    """
    typed, suffix = _typed(text), _suffix(lang)
    if not typed or limit < 1:
        return []
    return [
        Found(
            "region",
            row["region_code"],
            row[f"region_name{suffix}"] or row["region_name"],
            row["level"],
            row["region_code"],
        )
        for row in _run.rows("search_region.sql", scope, text=typed, row_limit=limit).iter_rows(named=True)
    ]


def find_venues(scope: GrantedScope, text: str, lang: str, limit: int) -> list[Found]:
    """Return the venues of the scope's areas that a text finds, as `find_regions` does."""
    typed = _typed(text)
    return _venues(scope, typed, _suffix(lang), limit) if typed and limit >= 1 else []


def _typed(text: str) -> str:
    return text.strip()[:LONGEST_TEXT]


def _suffix(lang: str) -> str:
    return "" if lang == "zh" else "_en"


def _venues(scope: GrantedScope, typed: str, suffix: str, limit: int) -> list[Found]:
    indexes = _by_name(scope, typed, limit)
    frame = _run.rows("search_venue.sql", scope, venue_indexes=indexes, text=typed)
    order = {index: place for place, index in enumerate(indexes)}
    found = [
        Found(
            "venue",
            str(row["venue_index"]),
            row["venue_name"],
            row["category_code"],
            row[f"region_name{suffix}"] or row["region_name"] or "",
            row["lon"],
            row["lat"],
        )
        for row in frame.iter_rows(named=True)
    ]
    # One found by its official number has no place among the names and comes first.
    return sorted(found, key=lambda hit: order.get(int(hit.id), -1))[:limit]


def _by_name(scope: GrantedScope, typed: str, limit: int) -> list[int]:
    """Return the venue_index of names that hold a text: names that begin with it first, then short ones.

    Notes
    -----
    One pass over the names of all venues in memory (a few milliseconds for 300,000); lower-casing them in SQL takes
    a quarter of a second. Letters count alike in upper and lower case where they are Latin without accents.
    """
    table = _run.array("map_tile")
    start, text = table["venue_name_start"], _names(_run.build_id())
    wanted = typed.encode().lower()
    matches: list[int] = []
    at = text.find(wanted)
    while at >= 0 and len(matches) < MOST_MATCHES:
        matches.append(at)
        at = text.find(wanted, at + 1)
    positions = np.array(matches, np.int64)
    places = np.searchsorted(start, positions, side="right") - 1
    # Names stand without a gap: a match may not run into the next one. The first match of a name stands for it.
    inside = positions + len(wanted) <= start[np.minimum(places + 1, len(start) - 1)]
    found, first = np.unique(places[inside], return_index=True)
    begins = positions[inside][first] == start[found]
    seen = visible_leaves(scope)[table["venue_region"][found]]
    length = start[found + 1] - start[found]
    best = np.lexsort((table["venue_index"][found], length, ~begins))
    return [int(index) for index in table["venue_index"][found[best[seen[best]]]][:limit]]


@lru_cache(maxsize=2)
def _names(build_id: str) -> bytes:  # noqa: ARG001 - part of the key
    return _run.array("map_tile")["venue_name_text"].tobytes().lower()
