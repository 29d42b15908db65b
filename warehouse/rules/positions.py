"""Rules about positions: readable, in the region, in the declared coordinate system; converted to WGS-84 once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.crs import detect_crs, to_wgs84
from kernel.errors import DataRejected, UsageError
from warehouse.delivery import rejection
from warehouse.rules.case import Case

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TOLERANCE_M = 2_000.0
_METRES_PER_DEGREE = 111_320.0
# The outline is coarsened by this much before it is widened by the tolerance: saves time, not truth.
_OUTLINE_DETAIL_M = 50.0
_GEOGRAPHIC = ("WGS-84", "CGCS2000", "GCJ-02", "BD-09")
_CHINA = (73.0, 3.0, 136.0, 54.0)
_DECIMALS = 7
_SWAP_FIX = "Exchange the two columns: longitude is east-west, latitude north-south."
_CRS_FIX = "State the right system: crs = {!r} in the delivery sheet, or --crs."


def is_geographic(crs: str) -> bool:
    """Return whether positions of a named system are degrees."""
    return crs in _GEOGRAPHIC


def possible(lon: Floats, lat: Floats) -> Flags:
    """Return which pairs are finite degrees of longitude and latitude."""
    return np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)


def refuse_metres(x: Floats, y: Floats, case: Case) -> None:
    """Refuse a delivery that declares degrees but gives metres.

    Raises
    ------
    DataRejected
        ``CRS_MISMATCH``, naming the projected system that puts the positions into the region, if one does.
    """
    if not is_geographic(case.crs):
        return
    large = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e8) & (np.abs(y) < 1e8)
    large &= (np.abs(x) > 1_000.0) & (np.abs(y) > 1_000.0)
    if not large.any() or np.count_nonzero(large) * 2 < np.count_nonzero(~np.isnan(x)):
        return
    likely = _projected_fits(float(np.median(x[large])), float(np.median(y[large])), case.context.region_outline)
    message = (
        f"The delivery is declared as {case.crs} (degrees), but its positions look like metres of a projected system"
    )
    message += f"; {' or '.join(likely[:4])} would put them into the region." if likely else "."
    fix = _CRS_FIX.format(likely[0] if likely else "EPSG:<code>")
    raise rejection("CRS_MISMATCH", message, fix, file=case.log.file)


def _projected_fits(x: float, y: float, outline: BaseGeometry | None) -> list[str]:
    """Return the projected systems in use here that put a position into the region, or into China."""
    west, south, east, north = outline.bounds if outline is not None else _CHINA
    found = []
    for code in _projected_candidates(x, (west + east) / 2, is_known=outline is not None):
        try:
            lon, lat = to_wgs84([x], [y], f"EPSG:{code}")
        except UsageError:
            continue
        if west <= lon[0] <= east and south <= lat[0] <= north:
            found.append(f"EPSG:{code}")
    return found


def _projected_candidates(x: float, middle_lon: float, *, is_known: bool) -> list[int]:
    """Return EPSG codes worth trying: Gauss-Kruger of CGCS2000 in 3 degree zones, UTM, Web Mercator.

    Eastings with the zone in front tell it; others need to know about where the region lies.
    """
    zone = int(x // 1e6)
    if 25 <= zone <= 45:
        return [4513 + zone - 25]
    if not is_known:
        return [3857]
    near = round(middle_lon / 3) * 3
    meridians = [meridian for meridian in (near, near - 3, near + 3) if 75 <= meridian <= 135]
    utm = int((middle_lon + 180) // 6) + 1
    return [*(4534 + (meridian - 75) // 3 for meridian in meridians), 32600 + utm, 32700 + utm, 3857]


def check_points(
    lon: pl.Series,
    lat: pl.Series,
    case: Case,
    *,
    names: tuple[str, str],
    raw: tuple[pl.Series, pl.Series],
) -> tuple[pl.Series, pl.Series]:
    """Return longitude and latitude in WGS-84; what is no position is logged as ``COORD`` and null.

    Parameters
    ----------
    lon, lat : polars.Series of float
        As delivered; null where not given or not a number.
    case : Case
        Declared system and outline of the region: an exchanged pair that would lie inside it is told.
    names, raw : tuple
        Contract columns, and their delivered cells for messages.
    """
    crs, log = case.crs, case.log
    given = raw[0].is_not_null() & raw[1].is_not_null()
    x, y = (series.cast(pl.Float64).fill_null(float("nan")).to_numpy() for series in (lon, lat))
    refuse_metres(x, y, case)
    finite = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e9) & (np.abs(y) < 1e9)
    usable = possible(x, y) if is_geographic(crs) else finite
    east, north = np.full(len(x), np.nan), np.full(len(x), np.nan)
    east[usable], north[usable] = to_wgs84(x[usable], y[usable], crs)
    usable &= possible(east, north)
    swapped = _swapped(x, y, case)
    shown = raw[0].cast(pl.String).fill_null("") + " " + raw[1].cast(pl.String).fill_null("")
    log.add(
        pl.Series(swapped) & given,
        "COORD",
        names[0],
        "Longitude and latitude look exchanged: {}.",
        _SWAP_FIX,
        values=shown,
    )
    log.add(
        pl.Series(~usable & ~swapped) & given,
        "COORD",
        names[0],
        "{} is not a longitude and a latitude.",
        "Give decimal degrees, e.g. 118.7969 and 32.0603.",
        values=shown,
    )
    usable &= ~swapped
    east[~usable] = north[~usable] = np.nan
    return tuple(pl.Series(v).fill_nan(None) for v in (east, north))  # type: ignore[return-value]


def _swapped(x: Floats, y: Floats, case: Case) -> Flags:
    """Return which pairs are positions only, or inside the region only, when exchanged."""
    if not is_geographic(case.crs):
        return np.zeros(len(x), dtype=bool)
    exchanged = possible(y, x) & ~possible(x, y)
    outline = case.context.region_outline
    if outline is not None:
        west, south, east, north = shapely.buffer(outline.envelope, 0.5).bounds
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        exchanged |= ~inside & (y >= west) & (y <= east) & (x >= south) & (x <= north)
    return exchanged


def widened_outline(outline: BaseGeometry) -> tuple[BaseGeometry, float]:
    """Return the outline widened by 2 km, in degrees whose east-west is scaled to north-south, and that scale."""
    _, south, _, north = outline.bounds
    scale = float(np.cos(np.radians((south + north) / 2)))
    flat = shapely.transform(outline, lambda xy: xy * [scale, 1.0])
    flat = shapely.simplify(flat, _OUTLINE_DETAIL_M / _METRES_PER_DEGREE)
    wide = shapely.buffer(flat, TOLERANCE_M / _METRES_PER_DEGREE, quad_segs=8)
    shapely.prepare(wide)
    return wide, scale


def check_outside(lon: Floats, lat: Floats, case: Case, column: str) -> None:
    """Log ``OUTSIDE`` for WGS-84 positions more than 2 km outside the region; NaN is no position."""
    if case.context.region_outline is None or not len(lon):
        return
    wide, scale = widened_outline(case.context.region_outline)
    inside = shapely.contains_xy(wide, np.nan_to_num(lon) * scale, np.nan_to_num(lat))
    outside = pl.Series(~inside & np.isfinite(lon) & np.isfinite(lat))
    shown = pl.select(pl.Series(lon).round(5).cast(pl.String) + " " + pl.Series(lat).round(5).cast(pl.String))
    case.log.add(
        outside,
        "OUTSIDE",
        column,
        "The position {} (WGS-84) lies more than 2 km outside the region.",
        "Correct the position, or the coordinate system if all rows are affected.",
        values=shown.to_series(),
    )


def refuse_wrong_crs(lon: pl.Series, lat: pl.Series, region_code: pl.Series, case: Case) -> None:
    """Refuse a delivery whose points lie in their stated regions under another coordinate system only.

    Parameters
    ----------
    lon, lat : polars.Series
        As delivered, in the declared system.
    region_code : polars.Series
        Stated region of every row, null where none.

    Raises
    ------
    DataRejected
        ``CRS_MISMATCH``.
    """
    crs, context = case.crs, case.context
    codes = sorted(context.region_shapes)
    if not codes or not is_geographic(crs):
        return
    index = {code: position for position, code in enumerate(codes)}
    region = region_code.replace_strict(index, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()
    shapes = np.array([context.region_shapes[code] for code in codes], dtype=object)
    x, y = (series.cast(pl.Float64).fill_null(float("nan")).to_numpy() for series in (lon, lat))
    fine = possible(x, y)
    score = detect_crs(x[fine], y[fine], region[fine], shapes, declared=crs)
    if score.is_mismatch:
        raise mismatch(
            crs,
            score.best,
            f"Declared as {crs}, {score.shares[crs]:.1%} of the positions lie in the region that their row names; "
            f"read as {score.best} it is {score.shares[score.best]:.1%}.",
            case.log.file,
        )


def mismatch(declared: str, likely: str, message: str, file: str) -> DataRejected:
    """Return the rejection of a delivery in another system than it declares."""
    fix = _CRS_FIX.format(likely) + f" If the declaration {declared} is right, correct the region codes."
    return rejection("CRS_MISMATCH", message, fix, file=file)


def check_point_list(values: pl.Series, case: Case, column: str) -> pl.Series:
    """Return lists of points as ``"lon lat; lon lat"`` in WGS-84, 7 decimals; faults are logged as ``COORD``."""
    listed = pl.DataFrame({"text": values}).with_row_index("position").drop_nulls("text")
    if listed.is_empty():
        return values
    points = (
        listed.with_columns(pl.col("text").str.replace_all("；", ";").str.strip_chars("; ").str.split(";"))
        .explode("text")
        .with_columns(pl.col("text").str.replace_all(r"[,，\s]+", " ").str.strip_chars().str.split(" ").alias("pair"))
        .with_columns(
            (pl.col("pair").list.len() == 2).alias("is_pair"),
            pl.col("pair").list.get(0, null_on_oob=True).cast(pl.Float64, strict=False).alias("x"),
            pl.col("pair").list.get(1, null_on_oob=True).cast(pl.Float64, strict=False).alias("y"),
        )
    )
    crs = case.crs
    x, y = (points[name].fill_null(float("nan")).to_numpy() for name in ("x", "y"))
    fine = points["is_pair"].to_numpy() & (possible(x, y) if is_geographic(crs) else np.isfinite(x) & np.isfinite(y))
    east, north = np.zeros(len(x)), np.zeros(len(x))
    east[fine], north[fine] = to_wgs84(x[fine], y[fine], crs)
    fine &= possible(east, north)
    east[~fine] = north[~fine] = 0.0
    numbers = pl.DataFrame({"x": east, "y": north}).with_columns(pl.all().round(_DECIMALS).cast(pl.String))
    merged = (
        points.select("position", pl.Series("fine", fine), (numbers["x"] + " " + numbers["y"]).alias("point"))
        .group_by("position", maintain_order=True)
        .agg(pl.col("fine").all(), pl.col("point").str.join("; "))
    )
    bad = merged.filter(~pl.col("fine"))["position"]
    mask = pl.Series([False]).new_from_index(0, len(values))
    case.log.add(
        mask.scatter(bad, True) if len(bad) else mask,
        "COORD",
        column,
        "{} is not a list of points.",
        "Write 'lon lat; lon lat' in decimal degrees.",
        values=values,
    )
    good = merged.filter(pl.col("fine"))
    return values.clone().scatter(good["position"], good["point"]).alias(column)
