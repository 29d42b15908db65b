"""Places where something could be built: thinned street places, parks, school grounds, and listed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility.catchment import Catchments, catchments, index_cells
from analytics.accessibility.marginal import best_per_square, marginal_gain
from geodata.network import COORDINATE_SCALE, UNREACHED, Snap
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.siting_ground import METRES_PER_DEGREE, Ground, is_inside, limit_of, plane
from warehouse.queries.siting_request import DECIMALS, Kind, SitingRequest

# Kind of the places that a request names itself.
PICKED = "must"
MOST_CANDIDATES = 5_000
# Candidates this near to a place where nothing may be built are left out.
MUST_NOT_RADIUS_M = 300.0
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

    def doors_of(self, ground: Ground, group: str) -> tuple[Snap, npt.NDArray[np.int32]]:
        """Return where the entrances of all candidates meet the streets that a group walks, and whose each is.

        New places have one entrance, at the place; hosts have their own.
        """
        hosted = self.table["venue_index"].fill_null(-1).to_numpy()
        own = np.flatnonzero(hosted < 0)
        new = ground.doors(group, self.table["lon"].to_numpy()[own], self.table["lat"].to_numpy()[own])
        door_venue, doors = ground.entrance["venue_index"], ground.host_doors(group)
        of_host = [np.flatnonzero(door_venue == venue) if venue >= 0 else np.empty(0, np.int64) for venue in hosted]
        rows = np.concatenate([np.empty(0, np.int64), *of_host])
        owner = np.concatenate([own, np.repeat(np.arange(len(self)), [len(found) for found in of_host])])
        whole = Snap(*(np.concatenate([getattr(new, name), getattr(doors, name)[rows]]) for name in Snap.__slots__))
        return whole, owner.astype(np.int32)


def candidates(
    scope: GrantedScope,
    request: SitingRequest,
    ground: Ground,
    cell: npt.NDArray[np.integer],
    weight: npt.NDArray[np.float64],
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
    cell, weight : shape (u,)
        Cells with residents to be served, each once, and how many.

    Raises
    ------
    WordedError
        When a picked place has no street near.
    """
    limit = limit_of(request.group, request.minutes)
    places, unserved = ground.part(request.group, cell), np.full(len(cell), UNREACHED, np.uint16)
    network = ground.streets_of(request.group)
    index = index_cells(network, places)
    parts = []
    for kind in request.kinds:
        if kind == "free_cells":
            gain = marginal_gain(network, places, unserved, weight, limit=limit)
            parts.append(_free(request, ground, gain))
            continue
        found = _named(scope, request, ground, kind)
        pairs = catchments(network, index, found.doors, found.owner, owner_count=len(found), limit=limit)
        parts.append(_reaching(found, _sums(pairs, weight)))
    parts.append(_points(request, ground, PICKED, [(*at, "", None, None) for at in request.must]))
    table = pl.concat([part.table for part in parts])
    count = np.concatenate([np.bincount(part.owner, minlength=len(part)) for part in parts])
    together = Candidates(
        table.with_columns(
            is_must=pl.col("kind") == PICKED, is_barred=pl.Series(_is_barred(table, request.must_not), dtype=pl.Boolean)
        ),
        Snap(*(np.concatenate([getattr(part.doors, name) for part in parts]) for name in Snap.__slots__)),
        np.repeat(np.arange(table.height, dtype=np.int32), count),
    )
    return _best(together)


def _named(scope: GrantedScope, request: SitingRequest, ground: Ground, kind: Kind) -> Candidates:
    if kind != "list":
        return hosts(scope, request, ground, kind)
    rows = [(row.lon, row.lat, row.name, row.price, row.capacity) for row in request.listed]
    return _points(request, ground, kind, rows)


def _reaching(found: Candidates, score: npt.NDArray[np.float64]) -> Candidates:
    """Return the candidates that reach somebody, with how many."""
    scored = Candidates(found.table.with_columns(score=pl.Series(score)), found.doors, found.owner)
    return scored.taken(np.flatnonzero(score > 0))


def street_nodes(ground: Ground) -> npt.NDArray[np.int64]:
    """Return the street corners nearest to the cells of the area, each once, ascending."""
    edge, offset = ground.cells.edge[ground.chosen], ground.cells.offset_cost[ground.chosen]
    met = edge >= 0
    edge, offset = edge[met], offset[met]
    network = ground.network
    is_far = offset * 2 > network.edge_cost_exact[edge]
    return np.unique(np.where(is_far, network.edge_to[edge], network.edge_from[edge])).astype(np.int64)


def node_places(
    ground: Ground, node: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitude and latitude of street corners, degrees."""
    return ground.network.node_lon[node] / COORDINATE_SCALE, ground.network.node_lat[node] / COORDINATE_SCALE


def _free(request: SitingRequest, ground: Ground, gain: npt.NDArray[np.float64]) -> Candidates:
    """Return from each square the street corner that reaches most residents; the first among equals."""
    node = street_nodes(ground)
    lon, lat = node_places(ground, node)
    best = np.sort(best_per_square(*plane(lon, lat), gain[node], side_m=request.spacing_m))
    # Places are kept as addresses write them, so that a site tried in a scenario is the very same place.
    lon, lat = np.round(lon[best], DECIMALS), np.round(lat[best], DECIMALS)
    table = _table("free_cells", lon, lat).with_columns(score=pl.Series(gain[node[best]]))
    doors = ground.doors(request.group, lon, lat)
    return Candidates(table, doors, np.arange(len(best), dtype=np.int32)).taken(np.flatnonzero(doors.edge >= 0))


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
    venue, door_venue = frame["venue_index"].to_numpy(), ground.entrance["venue_index"]
    number = np.full(int(door_venue.max(initial=-1)) + 2, -1, np.int64)
    number[venue] = np.arange(len(venue))
    owner, doors = number[door_venue], ground.host_doors(request.group)
    rows = np.flatnonzero((owner >= 0) & (doors.edge >= 0))
    rows = rows[np.argsort(owner[rows], kind="stable")]
    doors = Snap(doors.edge[rows], doors.offset_cost[rows], doors.access_m[rows])
    table = _table(kind, frame["lon"].to_numpy(), frame["lat"].to_numpy()).with_columns(
        name=frame["venue_name"].fill_null(""), venue_index=frame["venue_index"].cast(pl.Int64)
    )
    return Candidates(table, doors, owner[rows].astype(np.int32))


def _points(request: SitingRequest, ground: Ground, kind: str, rows: Sequence[tuple[Any, ...]]) -> Candidates:
    """Return named places (lon, lat, name, price, capacity); one without a street near is left out, a must refused."""
    lon = np.array([row[0] for row in rows], np.float64)
    lat = np.array([row[1] for row in rows], np.float64)
    doors = ground.doors(request.group, lon, lat)
    off = np.flatnonzero(doors.edge < 0)
    if len(off) and kind == PICKED:
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
    )


def _is_barred(table: pl.DataFrame, must_not: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    barred = np.zeros(table.height, bool)
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    for at in must_not:
        east = (lon - at[0]) * np.cos(np.radians(at[1]))
        metres = METRES_PER_DEGREE * np.hypot(east, lat - at[1])
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
