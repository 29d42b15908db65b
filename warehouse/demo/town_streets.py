"""Streets of towns: quarters with their own turned grid, bounded by main roads, with ways into the blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import Voronoi, cKDTree

from warehouse.demo.grid import Flags, Floats
from warehouse.demo.habitat import Fabric
from warehouse.demo.segments import FOOTWAY, LIVING, NO_NAME, PATH, SERVICE, STEPS, STREET, Segments, joined, segments
from warehouse.demo.settlements import Ground

# Names that many towns of China have; none stands for one place.
# fmt: off
NAMES = tuple(
    f"{word}{kind}"
    for kind in ("路", "街")
    for word in (
        "人民", "解放", "建设", "中山", "和平", "新华", "文化", "青年", "健康", "胜利", "光明", "振兴", "团结", "友谊",
        "东风", "前进", "长江", "淮海", "朝阳", "幸福", "迎宾", "学府", "公园", "滨河", "广场", "体育", "工农", "民主",
        "兴隆", "永安", "东门", "西门", "南门", "北门", "府前", "城东", "城西", "城南", "城北", "新城",
    )
)
# fmt: on
_QUARTER_M = 1_700.0
_SAMPLE_M = 115.0
# Block side by relative distance from the centre: lanes of the old core, new quarters, works at the edge.
_SIDE_SCORE, _SIDE_M = [0.0, 0.35, 0.8, 1.2], [88.0, 112.0, 138.0, 165.0]
_GRID_REACH_M = 2_300.0
_SUPERBLOCK = 4
_GATED_SHARE, _GATED_CLOSED, _OPEN_CLOSED = 0.4, 0.5, 0.1
_BLOCK_WAY_SHARE = 0.24
_SWAY_M = 26.0


@dataclass(frozen=True, slots=True)
class _Quarters:
    """Middles of quarters with the side of their blocks, the bearing of their grid and their reach, metres."""

    x: Floats
    y: Floats
    side: Floats
    angle: Floats
    reach: Floats


def town_streets(ground: Ground, fabric: Fabric, random: np.random.Generator) -> tuple[Segments, Flags]:
    """Return the streets of all towns of a city, water not yet considered.

    Returns
    -------
    Segments
        Junctions and segments.
    is_edge : bool, shape (n,)
        Junctions at the edge of a town, where country roads begin.
    """
    cells = ground.grid.rows * ground.grid.columns
    built = np.zeros(cells + 1, dtype=bool)
    built[fabric.cell] = True
    quarters = _quarters(ground, fabric, random)
    tree = cKDTree(np.column_stack((quarters.x, quarters.y)))
    main = _main_roads(ground, built, quarters, random)
    parts, edges = [main], [np.zeros(len(main.x), dtype=bool)]
    for quarter in range(len(quarters.x)):
        drawn, at_edge = _quarter_grid(ground, built, quarters, quarter, tree=tree, random=random)
        if len(drawn.start):
            parts.append(drawn)
            edges.append(at_edge)
    whole, _ = joined(parts)
    whole = whole.with_segments(*_links_to_main(whole, len(main.x), tree, quarters), LIVING)
    whole = _into_parks(ground, fabric, _swayed(whole, random), random)
    return whole, np.concatenate(edges)


def _quarters(ground: Ground, fabric: Fabric, random: np.random.Generator) -> _Quarters:
    centres, grid = ground.centres, ground.grid
    owner = np.full(grid.rows * grid.columns + 1, -1, dtype=np.int32)
    owner[fabric.cell] = fabric.centre
    score = np.ones(len(owner), dtype=np.float32)
    score[fabric.cell] = fabric.score
    xs, ys, of = [centres.x], [centres.y], [np.arange(len(centres.x))]
    for k in np.flatnonzero(centres.radius_m > 1_300.0):
        most = int(2.4 * centres.radius_m[k] / _QUARTER_M) + 1
        steps = np.arange(-most, most + 1)
        i, j = (a.ravel() for a in np.meshgrid(steps, steps))
        near = (i != 0) | (j != 0)
        i, j = i[near], j[near]
        x = centres.x[k] + (i + 0.5 * (j % 2)) * _QUARTER_M + random.normal(0.0, 240.0, len(i))
        y = centres.y[k] + j * _QUARTER_M * 0.88 + random.normal(0.0, 240.0, len(i))
        inside = owner[grid.index(x, y)] == k
        xs.append(x[inside])
        ys.append(y[inside])
        of.append(np.full(int(inside.sum()), k))
    x, y, town = np.concatenate(xs), np.concatenate(ys), np.concatenate(of)
    at = score[grid.index(x, y)]
    # A town's core has the finer lanes the older it is; townships are coarser than cities from the start.
    side = np.interp(at, _SIDE_SCORE, _SIDE_M) + np.where(centres.radius_m[town] < 900.0, 14.0, 0.0)
    turn = random.normal(0.0, 0.07, len(x)) + np.where((at > 0.4) & (random.random(len(x)) < 0.3), 0.35, 0.0)
    is_own = np.arange(len(x)) < len(centres.x)
    extent = np.where(is_own & (centres.radius_m[town] <= 1_300.0), 2.5 * centres.radius_m[town] + 200.0, _GRID_REACH_M)
    return _Quarters(x, y, side * random.uniform(0.93, 1.08, len(x)), centres.angle[town] + turn, extent)


def _main_roads(ground: Ground, built: Flags, quarters: _Quarters, random: np.random.Generator) -> Segments:
    """Return the roads between quarters: the borders of their Voronoi cells inside towns."""
    diagram = Voronoi(np.column_stack((quarters.x, quarters.y)))
    ridge = np.array([r for r in diagram.ridge_vertices if r[0] >= 0], dtype=np.int64)
    a, b = diagram.vertices[ridge[:, 0]], diagram.vertices[ridge[:, 1]]
    length = np.hypot(*(b - a).T)
    usable = length < 12_000.0
    ridge, a, b, length = ridge[usable], a[usable], b[usable], length[usable]
    count = np.maximum(np.round(length / _SAMPLE_M), 1).astype(np.int64)
    inner = count - 1
    of = np.repeat(np.arange(len(ridge)), inner)
    step = np.arange(len(of)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    place = a[of] + (step / count[of])[:, None] * (b[of] - a[of])
    first_inner = len(diagram.vertices) + np.cumsum(inner) - inner
    owner = np.repeat(np.arange(len(ridge)), count)
    k = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    start = np.where(k == 0, ridge[owner, 0], first_inner[owner] + k - 1)
    end = np.where(k == count[owner] - 1, ridge[owner, 1], first_inner[owner] + k)
    xy = np.vstack((diagram.vertices, place))
    names = random.integers(0, len(NAMES), len(ridge)).astype(np.int16)
    drawn = segments(xy[:, 0], xy[:, 1], start, end, STREET, name=names[owner])
    lonely = ~built[ground.grid.index(drawn.x, drawn.y)]
    return drawn.without_nodes(lonely)


def _border_distance(tree: cKDTree, x: Floats, y: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the nearest quarter and the distance to the road that bounds it."""
    distance, nearest = tree.query(np.column_stack((x, y)), k=2)
    if tree.n == 1:
        return np.zeros(len(x), dtype=np.int64), np.full(len(x), np.inf)
    apart = np.hypot(*(tree.data[nearest[:, 0]] - tree.data[nearest[:, 1]]).T)
    return nearest[:, 0], (distance[:, 1] ** 2 - distance[:, 0] ** 2) / (2.0 * np.maximum(apart, 1.0))


def _quarter_grid(
    ground: Ground, built: Flags, quarters: _Quarters, quarter: int, *, tree: cKDTree, random: np.random.Generator
) -> tuple[Segments, Flags]:
    """Return the streets inside one quarter and which junctions lie at the edge of the town."""
    side, angle = quarters.side[quarter], quarters.angle[quarter]
    half = int(quarters.reach[quarter] / side) + 1
    count = 2 * half + 1
    i, j = np.meshgrid(np.arange(count), np.arange(count), indexing="ij")
    jitter = random.normal(0.0, 0.055 * side, (2, count, count))
    # Whole rows stand closer or farther, so that blocks differ in size.
    rows = np.cumsum(random.uniform(0.78, 1.22, (2, count)), axis=1) * side
    u = (rows[0] - rows[0, half])[:, None] + jitter[0]
    v = (rows[1] - rows[1, half])[None, :] + jitter[1]
    x = quarters.x[quarter] + u * np.cos(angle) - v * np.sin(angle)
    y = quarters.y[quarter] + u * np.sin(angle) + v * np.cos(angle)
    in_town = built[ground.grid.index(x, y)]
    keep = in_town.copy()
    nearest, border = _border_distance(tree, x[in_town], y[in_town])
    keep[in_town] = (nearest == quarter) & (border > 0.42 * side)
    number = np.where(keep, np.cumsum(keep.ravel()).reshape(keep.shape) - 1, -1)
    is_main_row, is_main_column = i % _SUPERBLOCK == half % _SUPERBLOCK, j % _SUPERBLOCK == half % _SUPERBLOCK
    gated = random.random((count // _SUPERBLOCK + 2,) * 2) < _GATED_SHARE
    closed = np.where(
        gated[(i + 3 - half % _SUPERBLOCK) // _SUPERBLOCK, (j + 3 - half % _SUPERBLOCK) // _SUPERBLOCK],
        _GATED_CLOSED,
        _OPEN_CLOSED,
    )
    first_name = int(random.integers(0, len(NAMES)))
    starts, ends, kinds, names, optional = [], [], [], [], []
    for along_u, is_main in ((True, is_main_column), (False, is_main_row)):
        here = (slice(None, -1), slice(None)) if along_u else (slice(None), slice(None, -1))
        there = (slice(1, None), slice(None)) if along_u else (slice(None), slice(1, None))
        both = keep[here] & keep[there]
        main = is_main[here][both]
        kind = np.where(main, STREET, np.where(random.random(len(main)) < 0.7, LIVING, SERVICE))
        line = (j if along_u else i)[here][both]
        starts.append(number[here][both])
        ends.append(number[there][both])
        kinds.append(kind)
        names.append(
            np.where(main, (first_name + 3 * (line // _SUPERBLOCK) + (0 if along_u else 29)) % len(NAMES), NO_NAME)
        )
        optional.append(~main & (random.random(len(main)) < closed[here][both]))
    drawn = segments(
        x[keep],
        y[keep],
        np.concatenate(starts),
        np.concatenate(ends),
        np.concatenate(kinds),
        name=np.concatenate(names),
        is_optional=np.concatenate(optional),
    )
    outside = ~in_town
    padded = np.pad(outside, 1)
    at_edge = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
    drawn, added = _ways_into_blocks(drawn, keep, number, random)
    return drawn, np.concatenate((at_edge[keep], np.zeros(added, dtype=bool)))


def _ways_into_blocks(
    drawn: Segments, keep: Flags, number: npt.NDArray[np.int64], random: np.random.Generator
) -> tuple[Segments, int]:
    """Return the drawing with some blocks opened: a way from one side through the middle to the other side.

    The two segments that the way starts from are split at their middles.
    """
    corner = keep[:-1, :-1] & keep[1:, :-1] & keep[:-1, 1:] & keep[1:, 1:]
    opened = corner & (random.random(corner.shape) < _BLOCK_WAY_SHARE)
    if not opened.any():
        return drawn, 0
    upright = random.random(corner.shape) < 0.5
    sw, se = number[:-1, :-1][opened], number[1:, :-1][opened]
    nw, ne = number[:-1, 1:][opened], number[1:, 1:][opened]
    up = upright[opened]
    # The way runs between the south and the north side, or between the west and the east side.
    sides = np.vstack((np.column_stack((sw, np.where(up, se, nw))), np.column_stack((np.where(up, nw, se), ne))))
    size = len(drawn.x)
    code = sides[:, 0] * size + sides[:, 1]
    split, place = np.unique(code, return_inverse=True)
    a, b = np.divmod(split, size)
    share = random.uniform(0.4, 0.6, len(split))
    mid_x, mid_y = drawn.x[a] + share * (drawn.x[b] - drawn.x[a]), drawn.y[a] + share * (drawn.y[b] - drawn.y[a])
    blocks = len(sw)
    mid_x0 = (drawn.x[sw] + drawn.x[se] + drawn.x[nw] + drawn.x[ne]) / 4.0 + random.normal(0.0, 7.0, blocks)
    mid_y0 = (drawn.y[sw] + drawn.y[se] + drawn.y[nw] + drawn.y[ne]) / 4.0 + random.normal(0.0, 7.0, blocks)
    mid, middle = size + np.arange(len(split)), size + len(split) + np.arange(blocks)
    # Split segments leave, their halves come; a side whose segment was never drawn becomes a passage.
    edge_code = drawn.start * size + drawn.end
    is_split = np.isin(edge_code, split)
    found = np.searchsorted(split, edge_code[is_split])
    half_start = np.concatenate((drawn.start[is_split], mid[found]))
    half_end = np.concatenate((mid[found], drawn.end[is_split]))
    way_start = np.concatenate((mid[place[:blocks]], middle))
    way_end = np.concatenate((middle, mid[place[blocks:]]))
    draw = random.random(2 * blocks)
    way_kind = np.select([draw < 0.62, draw < 0.86, draw < 0.965], [FOOTWAY, SERVICE, PATH], STEPS)
    rest = drawn.chosen(~is_split)
    return (
        segments(
            np.concatenate((drawn.x, mid_x, mid_x0)),
            np.concatenate((drawn.y, mid_y, mid_y0)),
            np.concatenate((rest.start, half_start, way_start)),
            np.concatenate((rest.end, half_end, way_end)),
            np.concatenate((rest.kind, np.tile(drawn.kind[is_split], 2), way_kind)),
            name=np.concatenate((rest.name, np.tile(drawn.name[is_split], 2), np.full(2 * blocks, NO_NAME))),
            is_optional=np.concatenate(
                (rest.is_optional, np.tile(drawn.is_optional[is_split], 2), np.zeros(2 * blocks, bool))
            ),
        ),
        len(split) + blocks,
    )


def _links_to_main(
    whole: Segments, main_count: int, tree: cKDTree, quarters: _Quarters
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return start and end of the segments that join the grids of quarters to the main roads between them."""
    if not main_count or tree.n == 1:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    degree = np.bincount(np.concatenate((whole.start, whole.end)), minlength=len(whole.x))
    inner = np.flatnonzero((np.arange(len(whole.x)) >= main_count) & (degree < 4))
    nearest, border = _border_distance(tree, whole.x[inner], whole.y[inner])
    close = border < 1.25 * quarters.side[nearest]
    inner, side = inner[close], quarters.side[nearest[close]]
    main_tree = cKDTree(np.column_stack((whole.x[:main_count], whole.y[:main_count])))
    distance, target = main_tree.query(np.column_stack((whole.x[inner], whole.y[inner])))
    fits = distance < 1.4 * side
    return inner[fits], target[fits].astype(np.int64)


def _swayed(whole: Segments, random: np.random.Generator) -> Segments:
    """Return the drawing bent by slow waves, so that no street of a town is dead straight."""
    phase, wave = random.uniform(0.0, 2.0 * np.pi, 4), random.uniform(900.0, 2_600.0, 4)
    bend_x = np.sin(2 * np.pi * whole.y / wave[0] + phase[0]) + 0.6 * np.sin(
        2 * np.pi * (whole.x + whole.y) / wave[1] + phase[1]
    )
    bend_y = np.sin(2 * np.pi * whole.x / wave[2] + phase[2]) + 0.6 * np.sin(
        2 * np.pi * (whole.x - whole.y) / wave[3] + phase[3]
    )
    return segments(
        whole.x + _SWAY_M * bend_x,
        whole.y + _SWAY_M * bend_y,
        whole.start,
        whole.end,
        whole.kind,
        name=whole.name,
        is_optional=whole.is_optional,
    )


def _into_parks(ground: Ground, fabric: Fabric, whole: Segments, random: np.random.Generator) -> Segments:
    """Return the drawing with the streets of parks and works thinned out to paths."""
    empty = np.zeros(ground.grid.rows * ground.grid.columns + 1, dtype=bool)
    empty[fabric.cell[fabric.weight == 0]] = True
    middle = ground.grid.index(
        (whole.x[whole.start] + whole.x[whole.end]) / 2.0, (whole.y[whole.start] + whole.y[whole.end]) / 2.0
    )
    inside = empty[middle] & (whole.kind != STREET)
    kind = np.where(inside, np.where(random.random(len(middle)) < 0.6, FOOTWAY, PATH), whole.kind)
    is_optional = whole.is_optional | (inside & (random.random(len(middle)) < 0.5))
    return segments(
        whole.x,
        whole.y,
        whole.start,
        whole.end,
        kind,
        name=np.where(inside, NO_NAME, whole.name),
        is_optional=is_optional,
    )
