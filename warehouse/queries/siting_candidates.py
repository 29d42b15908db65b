"""Places where something could be built: thinned street places, parks, school grounds, and listed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility.catchment import Catchments, CellIndex, catchments
from geodata.network import COORDINATE_SCALE, Snap
from geodata.snap import snap_to_edges
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.siting_ground import Ground, is_inside, limit_of, squares
from warehouse.queries.siting_request import DECIMALS, Kind, SitingRequest

# Kind of the places that a request names itself.
PICKED = "must"
MOST_CANDIDATES = 5_000
# Candidates this near to a place where nothing may be built are left out.
MUST_NOT_RADIUS_M = 300.0
# Places scored in one go: their pairs with cells stay below some 200 MB.
CHUNK = 20_000
HOST_ROW_CAP = 200_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate places in the order of the model, and where their entrances meet the streets.

    Attributes
    ----------
    table : DataFrame
        One row a candidate: ``kind``, ``name``, ``lon``, ``lat``, ``venue_index`` (host, else null), ``price`` and
        ``capacity`` (null where the request gives them), ``score`` (residents to be served within reach),
        ``is_must``, ``is_barred``.
    doors : Snap
        Where entrances meet the streets, candidate by candidate.
    owner : int32
        Candidate of each entrance, ascending.
    left_out : int
        Places that were left out because others promise more.
    """

    table: pl.DataFrame
    doors: Snap
    owner: npt.NDArray[np.int32]
    left_out: int = 0

    def __len__(self) -> int:
        return self.table.height

    def taken(self, chosen: npt.NDArray[np.integer]) -> Candidates:
        """Return some of the candidates, in the order given."""
        first = np.searchsorted(self.owner, chosen)
        count = np.searchsorted(self.owner, np.asarray(chosen) + 1) - first
        rows = np.repeat(first - np.append(0, np.cumsum(count)[:-1]), count) + np.arange(count.sum())
        doors = Snap(self.doors.edge[rows], self.doors.offset_cost[rows], self.doors.access_m[rows])
        owner = np.repeat(np.arange(len(chosen), dtype=np.int32), count)
        return Candidates(self.table[np.asarray(chosen)], doors, owner, self.left_out)


def candidates(
    scope: GrantedScope, request: SitingRequest, ground: Ground, index: CellIndex, weight: npt.NDArray[np.float64]
) -> Candidates:
    """Return the candidates of a request that reach somebody, and the places it names itself.

    Parameters
    ----------
    scope : GrantedScope
        Whose hosts (parks, schools) may be seen.
    request : SitingRequest
        Kinds, spacing, listed and picked places.
    ground : Ground
        Its area.
    index : CellIndex
        Cells by street node, for the streets that the group walks.
    weight : float64, shape (k,)
        Residents to be served, by cell.

    Raises
    ------
    WordedError
        When there are none, or a picked place has no street near.
    """
    network, limit = ground.streets_of(request.group), limit_of(request.group, request.minutes)

    def reached(doors: Snap, owner: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.float64]:
        found = np.zeros(count)
        for first in range(0, count, CHUNK):
            part = slice(*np.searchsorted(owner, [first, min(first + CHUNK, count)]))
            some = Snap(doors.edge[part], doors.offset_cost[part], doors.access_m[part])
            here = min(CHUNK, count - first)
            pairs = catchments(network, index, some, owner[part] - first, owner_count=here, limit=limit)
            found[first : first + here] = _sums(pairs, weight)
        return found

    tables, doors, counts, left_out = [], [], [], 0
    picked = _points(ground, PICKED, [(*at, "", None, None) for at in request.must])
    for kind in request.kinds:
        found = _of_kind(scope, request, ground, kind, reached)
        left_out += found.left_out
        tables.append(found.table)
        doors.append(found.doors)
        counts.append(np.bincount(found.owner, minlength=len(found)))
    if len(picked):
        score = reached(picked.doors, picked.owner, len(picked))
        tables.append(picked.table.with_columns(score=pl.Series(score), is_must=pl.lit(value=True)))
        doors.append(picked.doors)
        counts.append(np.ones(len(picked), np.int64))
    table = pl.concat(tables) if tables else picked.table
    together = Candidates(
        table.with_columns(is_barred=pl.Series(_is_barred(table, request.must_not))),
        Snap(*(np.concatenate([getattr(part, name) for part in doors]) for name in Snap.__dataclass_fields__)),
        np.repeat(np.arange(table.height, dtype=np.int32), np.concatenate(counts)),
        left_out,
    )
    return _best(together)


def _of_kind(scope: GrantedScope, request: SitingRequest, ground: Ground, kind: Kind, reached: Any) -> Candidates:
    if kind == "free_cells":
        return _free(request, ground, reached)
    if kind == "list":
        rows = [(row.lon, row.lat, row.name, row.price, row.capacity) for row in request.listed]
        found = _points(ground, "list", rows, is_strict=False)
    else:
        found = hosts(scope, request, ground, kind)
    score = reached(found.doors, found.owner, len(found))
    return _with_score(found, score)


def _with_score(found: Candidates, score: npt.NDArray[np.float64]) -> Candidates:
    """Return the candidates that reach somebody, with how many."""
    scored = Candidates(found.table.with_columns(score=pl.Series(score)), found.doors, found.owner, found.left_out)
    return scored.taken(np.flatnonzero(score > 0))


def street_places(ground: Ground) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitude and latitude of the street corners nearest to the cells of the area, each once."""
    edge, offset = ground.cells.edge[ground.chosen], ground.cells.offset_cost[ground.chosen]
    met = edge >= 0
    edge, offset = edge[met], offset[met]
    network = ground.network
    is_far = offset * 2 > network.edge_cost_exact[edge]
    node = np.unique(np.where(is_far, network.edge_to[edge], network.edge_from[edge]))
    lon, lat = network.node_lon[node] / COORDINATE_SCALE, network.node_lat[node] / COORDINATE_SCALE
    # Places are kept as addresses write them, so that a site tried in a scenario is the very same place.
    return np.round(lon, DECIMALS), np.round(lat, DECIMALS)


def _free(request: SitingRequest, ground: Ground, reached: Any) -> Candidates:
    """Return from each square the street corner that reaches most residents; the first among equals."""
    lon, lat = street_places(ground)
    doors = snap_to_edges(ground.network, lon, lat)
    score = reached(doors, np.arange(len(lon), dtype=np.int32), len(lon))
    square = squares(lon, lat, request.spacing_m)
    order = np.lexsort((np.arange(len(lon)), -score, square))
    is_first = np.ones(len(order), bool)
    is_first[1:] = square[order][1:] != square[order][:-1]
    best = np.sort(order[is_first])
    best = best[score[best] > 0]
    return Candidates(
        _table("free_cells", lon[best], lat[best]).with_columns(score=pl.Series(score[best])),
        Snap(doors.edge[best], doors.offset_cost[best], doors.access_m[best]),
        np.arange(len(best), dtype=np.int32),
    )


def hosts(scope: GrantedScope, request: SitingRequest, ground: Ground, kind: Kind) -> Candidates:
    """Return the open venues in the area that could host another one, with their own entrances.

    Parameters
    ----------
    scope, request, ground
        As in `candidates`.
    kind : {"parks", "schools"}
        ``parks``: outdoor trails, squares and camps, since nobody delivers parks. ``schools``: venues owned
        by schools, whose grounds could be opened.
    """
    frame = _run.rows("siting_hosts.sql", scope, row_cap=HOST_ROW_CAP, host_kind=kind)
    place = {code: number for number, code in enumerate(ground.counties)}
    region = frame["region_code"].replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()
    inside = is_inside(scope, request, region, frame["lon"].to_numpy(), frame["lat"].to_numpy())
    frame = frame.filter(pl.Series(inside))
    entrance = _run.array("entrance")
    venue = frame["venue_index"].to_numpy()
    number = np.full(int(entrance["venue_index"].max(initial=-1)) + 2, -1, np.int64)
    number[venue] = np.arange(len(venue))
    owner = number[entrance["venue_index"]]
    rows = np.flatnonzero((owner >= 0) & (entrance["edge"] >= 0))
    rows = rows[np.argsort(owner[rows], kind="stable")]
    doors = Snap(entrance["edge"][rows], entrance["offset_cost"][rows], entrance["access_m"][rows])
    table = _table(kind, frame["lon"].to_numpy(), frame["lat"].to_numpy()).with_columns(
        name=frame["venue_name"].fill_null(""), venue_index=frame["venue_index"].cast(pl.Int64)
    )
    return Candidates(table, doors, owner[rows].astype(np.int32))


def _points(ground: Ground, kind: str, rows: Sequence[tuple[Any, ...]], *, is_strict: bool = True) -> Candidates:
    """Return named places (lon, lat, name, price, capacity); those without a street near are refused or left out."""
    lon = np.array([row[0] for row in rows], np.float64)
    lat = np.array([row[1] for row in rows], np.float64)
    doors = snap_to_edges(ground.network, lon, lat)
    off = np.flatnonzero(doors.edge < 0)
    if len(off) and is_strict:
        raise WordedError("siting.no_street", lon=f"{lon[off[0]]:.5f}", lat=f"{lat[off[0]]:.5f}")
    table = _table(kind, lon, lat).with_columns(
        name=pl.Series([row[2] for row in rows], dtype=pl.String),
        price=pl.Series([row[3] for row in rows], dtype=pl.Float64),
        capacity=pl.Series([row[4] for row in rows], dtype=pl.Float64),
    )
    return Candidates(table, doors, np.arange(len(rows), dtype=np.int32)).taken(np.flatnonzero(doors.edge >= 0))


def _table(kind: str, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> pl.DataFrame:
    return pl.DataFrame({"lon": lon, "lat": lat}).select(
        kind=pl.lit(kind),
        name=pl.lit(""),
        lon=pl.col("lon"),
        lat=pl.col("lat"),
        venue_index=pl.lit(None, pl.Int64),
        price=pl.lit(None, pl.Float64),
        capacity=pl.lit(None, pl.Float64),
        score=pl.lit(0.0),
        is_must=pl.lit(value=False),
    )


def _is_barred(table: pl.DataFrame, must_not: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    barred = np.zeros(table.height, bool)
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    for at in must_not:
        east = (lon - at[0]) * np.cos(np.radians(at[1]))
        metres = 111_320.0 * np.hypot(east, lat - at[1])
        barred |= metres <= MUST_NOT_RADIUS_M
    return barred


def _best(found: Candidates) -> Candidates:
    """Return no more candidates than a model can take: those that must be chosen and those that promise most."""
    if len(found) <= MOST_CANDIDATES:
        return found
    rank = np.lexsort((np.arange(len(found)), -found.table["score"].to_numpy(), ~found.table["is_must"].to_numpy()))
    kept = found.taken(np.sort(rank[:MOST_CANDIDATES]))
    return Candidates(kept.table, kept.doors, kept.owner, found.left_out + len(found) - MOST_CANDIDATES)


def _sums(pairs: Catchments, weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the weight of the cells of each owner."""
    total = np.concatenate([[0.0], np.cumsum(weight[pairs.cell])])
    return total[pairs.start[1:]] - total[pairs.start[:-1]]
