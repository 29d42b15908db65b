"""Rules about shapes: the right kind, readable coordinates, valid rings; converted to WGS-84 once."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from geodata.crs import geometry_to_wgs84, to_wgs84
from warehouse.contract import Contract
from warehouse.rules.case import Case
from warehouse.rules.faults import FaultLog
from warehouse.rules.limits import MAX_FIELD_BYTES
from warehouse.rules.positions import Floats, check_outside, is_geographic, mismatch, possible, refuse_metres

Shapes = npt.NDArray[np.object_]

# Rows whose shapes are held as objects at a time: bounds memory, not speed.
_CHUNK_ROWS = 200_000
# A repair that changes the area by more than this changed what the sender meant.
_REPAIR_AREA_SHARE = 1e-3
# Region shapes shifted by the Chinese systems lie 280 to 1,200 m off; real boundary changes move few of them.
_SHIFT_M = 100.0
_SHIFT_RATIO = 3.0
_KIND = {"line": "a line", "polygon": "a polygon", "point": "a point"}
# Collections of collections, thousands deep, would end the reader's process; real ones are two or three deep.
_MAX_DEPTH = 32
_POINT, _LINE, _POLYGON, _MULTI_POINT, _MULTI_LINE, _MULTI_POLYGON, _COLLECTION = 0, 1, 3, 4, 5, 6, 7


@dataclass(slots=True)
class _Flags:
    """Why shapes are refused; one flag per row and rule."""

    missing: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.bool_]
    coordinates: npt.NDArray[np.bool_]
    ring: npt.NDArray[np.bool_]
    repaired: npt.NDArray[np.bool_]

    @classmethod
    def none(cls, count: int) -> _Flags:
        return cls(*(np.zeros(count, dtype=bool) for _ in range(5)))


def read_shapes(geometry: pl.Series) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    """Return shapely geometries of WKB or WKT cells, and which cells cannot be read."""
    cells = geometry.to_numpy() if geometry.dtype == pl.Binary else np.array(geometry.to_list(), dtype=object)
    if geometry.dtype == pl.Binary:
        usable = np.array([None if cell is None or _is_nested(cell) else cell for cell in cells], dtype=object)
        with np.errstate(invalid="ignore"):
            shapes = shapely.from_wkb(usable, on_invalid="ignore")
    else:
        cells[cells == ""] = None
        # Longer cells were refused by the rule FIELD_TOO_LONG.
        usable = np.array(
            [None if cell is None or len(cell) > MAX_FIELD_BYTES else cell for cell in cells], dtype=object
        )
        with np.errstate(invalid="ignore"):
            shapes = shapely.from_wkt(usable, on_invalid="ignore")
    given = geometry.is_not_null().to_numpy() & (cells != "")
    return shapes, given & shapely.is_missing(shapes)


def _is_nested(cell: bytes) -> bool:
    """Return whether WKB nests its parts deeper than any real shape does; what is no WKB does not."""
    place, left = 0, [1]
    try:
        while left:
            if not left[-1]:
                left.pop()
                continue
            left[-1] -= 1
            order = "<I" if cell[place] == 1 else ">I"
            (kind,) = struct.unpack_from(order, cell, place + 1)
            place += 9 if kind & 0x2000_0000 else 5
            # Z and M stand in the highest bits (EWKB) or in the thousands (ISO).
            thousands, base = divmod(kind & 0xFFFF, 1000)
            width = 8 * (2 + bool(kind & 0x8000_0000 or thousands in (1, 3)))
            width += 8 * bool(kind & 0x4000_0000 or thousands in (2, 3))
            if base == 1:
                place += width
                continue
            (count,) = struct.unpack_from(order, cell, place)
            place += 4
            if base in (4, 5, 6, 7):
                left.append(count)
                if len(left) > _MAX_DEPTH:
                    return True
            elif base == 2:
                place += width * count
            elif base == 3:
                for _ in range(count):
                    place += 4 + width * struct.unpack_from(order, cell, place)[0]
            else:
                return False
    except (struct.error, IndexError):
        return False
    return False


def check_shapes(geometry: pl.Series, region_code: pl.Series | None, case: Case) -> pl.Series:
    """Return the shapes of a line or polygon dataset as WKB in WGS-84; unusable ones are logged and null.

    Parameters
    ----------
    geometry : polars.Series
        WKB (binary) or WKT (text).
    region_code : polars.Series or None
        Region of every row; polygons are compared with the outlines in force to find a wrong system.
    case : Case
        Kind of shape, declared system, outlines, where faults go.

    Raises
    ------
    DataRejected
        ``CRS_MISMATCH``.
    """
    flags = _Flags.none(len(geometry))
    x, y = np.full(len(geometry), np.nan), np.full(len(geometry), np.nan)
    parts: list[pl.Series] = []
    for start in range(0, len(geometry), _CHUNK_ROWS):
        cells = geometry.slice(start, _CHUNK_ROWS)
        rows = slice(start, start + len(cells))
        shapes = _usable(cells, case.terms, flags, rows)
        if start == 0:
            _refuse_system(shapes, region_code, case)
        shapes, off_globe = _converted(shapes, case.crs)
        flags.coordinates[rows] |= off_globe
        centre = shapely.point_on_surface(shapes) if case.terms.geometry == "polygon" else _first_points(shapes)
        x[rows], y[rows] = shapely.get_x(centre), shapely.get_y(centre)
        parts.append(pl.Series(shapely.to_wkb(shapes).tolist(), dtype=pl.Binary))
    _log(flags, case.terms, case.log)
    # Regions define the outline; they cannot lie outside it.
    if case.terms.dataset != "region":
        check_outside(x, y, case, "geometry")
    return pl.concat(parts).alias("geometry") if parts else pl.Series("geometry", [], dtype=pl.Binary)


def _first_points(lines: Shapes) -> Shapes:
    return shapely.get_point(lines, 0)


def _usable(cells: pl.Series, contract: Contract, flags: _Flags, rows: slice) -> Shapes:
    """Return shapes of the right kind, flat and valid; None for the others, which are flagged."""
    shapes, unreadable = read_shapes(cells)
    absent = shapely.is_missing(shapes)
    flags.missing[rows] = absent & ~unreadable
    shapes = shapely.force_2d(shapes)
    bounds = shapely.bounds(shapes)
    empty = shapely.is_empty(shapes)
    strange = ~absent & ~empty & ~np.isfinite(bounds).all(axis=1)
    strange |= ~absent & ~empty & _has_nan(shapes)
    shapes, wrong_kind = _of_kind(shapes, contract.geometry)
    flags.coordinates[rows] = strange
    flags.kind[rows] = (unreadable | wrong_kind | empty) & ~strange
    shapes[strange | wrong_kind | empty] = None
    if contract.geometry == "polygon":
        shapes, flags.repaired[rows], flags.ring[rows] = repair_rings(shapes)
    return shapes


def _has_nan(shapes: Shapes) -> npt.NDArray[np.bool_]:
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    found = np.zeros(len(shapes), dtype=bool)
    found[index[~np.isfinite(xy).all(axis=1)]] = True
    return found


def _of_kind(shapes: Shapes, kind: str) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    types = shapely.get_type_id(shapes)
    shapes = shapes.copy()
    if kind == "polygon":
        return shapes, (types >= 0) & (types != _POLYGON) & (types != _MULTI_POLYGON)
    single, multi = (_LINE, _MULTI_LINE) if kind == "line" else (_POINT, _MULTI_POINT)
    many = types == multi
    if many.any():
        merged = shapely.line_merge(shapes[many]) if kind == "line" else shapes[many]
        one = shapely.get_num_geometries(merged) == 1
        merged[one] = shapely.get_geometry(merged[one], 0)
        shapes[many] = merged
        types = shapely.get_type_id(shapes)
    return shapes, (types >= 0) & (types != single)


def repair_rings(shapes: Shapes) -> tuple[Shapes, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return polygons with invalid rings repaired, which were repaired, and which cannot be.

    A repair stands when it changes the area by less than 0.1 % of the area inside the rings; otherwise the sender
    must say what was meant, and the shape becomes None.
    """
    shapes = shapes.copy()
    given = ~shapely.is_missing(shapes)
    invalid = given & ~shapely.is_valid(shapes)
    repaired, refused = np.zeros(len(shapes), dtype=bool), np.zeros(len(shapes), dtype=bool)
    for position in np.flatnonzero(invalid):
        shape = shapes[position]
        fixed = _polygons(shapely.make_valid(shape))
        change = abs(fixed.area - shape.area)
        if fixed.area > 0 and change < _REPAIR_AREA_SHARE * fixed.area:
            shapes[position], repaired[position] = fixed, True
        else:
            shapes[position], refused[position] = None, True
    return shapes, repaired, refused


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    if shapely.get_type_id(shape) in (_POLYGON, _MULTI_POLYGON):
        return shape
    parts = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) in (_POLYGON, _MULTI_POLYGON)]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _converted(shapes: Shapes, crs: str) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    """Return shapes in WGS-84; those that leave the globe are flagged and None."""
    bad = np.zeros(len(shapes), dtype=bool)
    if is_geographic(crs):
        bad = _off_globe(shapes)
        shapes[bad] = None
    if crs in ("WGS-84", "CGCS2000"):
        return shapes, bad
    converted = geometry_to_wgs84(shapes, crs)
    off = _off_globe(converted)
    converted[off] = None
    return converted, bad | off


def _off_globe(shapes: Shapes) -> npt.NDArray[np.bool_]:
    bounds = shapely.bounds(shapes)
    given = shapely.get_type_id(shapes) >= 0
    west, south, east, north = bounds.T
    return given & ~(possible(west, south) & possible(east, north))


def _refuse_system(shapes: Shapes, region_code: pl.Series | None, case: Case) -> None:
    bounds = shapely.bounds(shapes)
    refuse_metres(bounds[:, 0], bounds[:, 1], case)
    if case.terms.geometry == "polygon" and region_code is not None and is_geographic(case.crs):
        _refuse_shifted(shapes, region_code, case)


def _refuse_shifted(shapes: Shapes, region_code: pl.Series, case: Case) -> None:
    """Refuse region polygons that lie off the outlines in force, but fit them under another system."""
    crs, context = case.crs, case.context
    codes = region_code.head(len(shapes)).to_list()
    pairs = [
        (shape, context.region_shapes[code])
        for shape, code in zip(shapes, codes, strict=True)
        if shape is not None and code in context.region_shapes
    ]
    if not pairs or _off_globe(np.array([pair[0] for pair in pairs], dtype=object)).any():
        return
    delivered = _centres([pair[0] for pair in pairs])
    known = _centres([pair[1] for pair in pairs])
    same = {"WGS-84", "CGCS2000"}
    systems = [crs, *(s for s in ("WGS-84", "GCJ-02", "BD-09") if s != crs and not {s, crs} <= same)]
    shift = {system: _median_shift_m(to_wgs84(*delivered, system), known) for system in systems}
    best = min(shift, key=lambda system: shift[system])
    if shift[crs] > _SHIFT_M and shift[crs] > _SHIFT_RATIO * shift[best]:
        message = (
            f"Declared as {crs}, the outlines lie {shift[crs]:.0f} m (median) off those in force; "
            f"read as {best} it is {shift[best]:.0f} m."
        )
        raise mismatch(crs, best, message, case.log.file)


def _centres(shapes: list[shapely.Geometry]) -> tuple[Floats, Floats]:
    centres = shapely.centroid(np.array(shapes, dtype=object))
    return shapely.get_x(centres), shapely.get_y(centres)


def _median_shift_m(here: tuple[Floats, Floats], there: tuple[Floats, Floats]) -> float:
    scale = np.cos(np.radians(there[1]))
    return float(np.median(np.hypot((here[0] - there[0]) * scale, here[1] - there[1])) * 111_320.0)


def _log(flags: _Flags, contract: Contract, log: FaultLog) -> None:
    kind = _KIND[contract.geometry]
    log.add(
        pl.Series(flags.missing),
        "REQUIRED",
        "geometry",
        "The row has no shape.",
        f"Give {kind} for every row; tables give it as WKT in a column named geometry.",
    )
    log.add(
        pl.Series(flags.kind),
        "GEOMETRY_TYPE",
        "geometry",
        f"The shape is empty, cannot be read or is not {kind}.",
        f"Deliver {kind} per row" + ("; split multi-part lines." if contract.geometry == "line" else "."),
    )
    log.add(
        pl.Series(flags.coordinates),
        "COORD",
        "geometry",
        "The shape has coordinates that are no positions on Earth.",
        "Correct the coordinates, or the declared coordinate system if all rows are affected.",
    )
    log.add(
        pl.Series(flags.ring),
        "RING",
        "geometry",
        "The outline crosses itself so much that its area is not known.",
        "Repair the outline in a GIS (fix geometries) and send it again.",
    )
    log.note(
        "RING",
        "geometry",
        "Outlines that cross or touch themselves were repaired; the area changed by less than 0.1 %.",
        pl.Series(flags.repaired),
        "Repair them at the source.",
    )
