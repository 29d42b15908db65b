"""Code lists and public holidays as datasets, from the reference tables."""

from __future__ import annotations

import polars as pl

from geodata.streets import KINDS
from warehouse import reference_tables
from warehouse.demo import reference

# Category of a type of venue by the start of its code; the first that fits.
CATEGORY_BY_PREFIX = (
    ("A", "athletics"),
    ("B", "swimming"),
    ("C1", "football"),
    ("C2", "basketball"),
    ("C3", "volleyball"),
    ("C40", "table_tennis"),
    ("C50", "badminton"),
    ("C", "other_ball"),
    ("D", "ice_snow"),
    ("E10", "fitness_path"),
    ("E20", "gym"),
    ("E30", "trail"),
    ("F", "other"),
)
_OWN = "code list of this product"
_CATEGORIES = (
    ("athletics", "田径", "Athletics"),
    ("swimming", "游泳", "Swimming"),
    ("football", "足球", "Football"),
    ("basketball", "篮球", "Basketball"),
    ("volleyball", "排球", "Volleyball"),
    ("table_tennis", "乒乓球", "Table tennis"),
    ("badminton", "羽毛球", "Badminton"),
    ("other_ball", "其他球类", "Other ball sports"),
    ("ice_snow", "冰雪", "Ice and snow"),
    ("fitness_path", "全民健身路径", "Fitness path"),
    ("gym", "健身房", "Gym"),
    ("trail", "健身步道", "Fitness trail"),
    ("other", "其他", "Other"),
)
_STREET_KINDS = {
    "motor_road": ("机动车道路", "Motor road"),
    "street": ("街道", "Street"),
    "living_street": ("生活性道路", "Living street"),
    "service": ("内部道路", "Service road"),
    "track": ("乡间土路", "Track"),
    "pedestrian": ("步行街", "Pedestrian street"),
    "footway": ("人行道", "Footway"),
    "cycleway": ("自行车道", "Cycleway"),
    "path": ("小径", "Path"),
    "steps": ("台阶", "Steps"),
    "ferry": ("轮渡", "Ferry"),
}
_LISTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "venue_category": _CATEGORIES,
    "street_kind": tuple((kind, *_STREET_KINDS[kind]) for kind in KINDS),
    "owner_kind": (
        ("public_institution", "事业单位", "Public institution"),
        ("enterprise", "企业", "Enterprise"),
        ("village", "村委会", "Village committee"),
        ("neighbourhood", "居委会", "Neighbourhood committee"),
        ("school", "学校", "School"),
        ("other", "其他", "Other"),
    ),
    "fee_policy": (("free", "免费", "Free"), ("low", "低收费", "Low fee"), ("paid", "收费", "Paid")),
    "status": (("open", "开放", "Open"), ("closed", "关闭", "Closed"), ("planned", "规划", "Planned")),
    "region_level": (("province", "省", "Province"), ("city", "设区市", "City"), ("county", "县（市、区）", "County")),
    "sex": (("male", "男", "Male"), ("female", "女", "Female")),
    "cell_age_band": (
        ("age_0_4", "0–4 岁", "0–4"),
        ("age_5_14", "5–14 岁", "5–14"),
        ("age_15_34", "15–34 岁", "15–34"),
        ("age_35_59", "35–59 岁", "35–59"),
        ("age_60_79", "60–79 岁", "60–79"),
        ("age_80_plus", "80 岁及以上", "80 and over"),
    ),
}
# The source names the days in English.
_HOLIDAYS_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}
_COLUMNS = ("list_name", "code", "parent_code", "code_name_zh", "code_name_en", "standard", "source")


def category_of(venue_type_code: str) -> str:
    """Return the category of a type of venue.

    Raises
    ------
    StopIteration
        When no prefix fits; the reference table has none such (tested).
    """
    return next(category for prefix, category in CATEGORY_BY_PREFIX if venue_type_code.startswith(prefix))


def code_list_frame() -> pl.DataFrame:
    """Return the code list dataset.

    Returns
    -------
    polars.DataFrame
        ``list_name, code, parent_code, code_name_zh, code_name_en, standard, source``. Key: the first two.
        A row of ``venue_type`` has its category as ``parent_code``.
    """
    rows: list[tuple[str | None, ...]] = [
        (name, code, None, zh, en, None, _OWN) for name, codes in _LISTS.items() for code, zh, en in codes
    ]
    rows += [
        (
            "venue_type",
            row["own_code"],
            category_of(row["own_code"]),
            row["type_zh"],
            row["type_en"],
            None,
            row["source"],
        )
        for row in reference_tables.table("venue_types").iter_rows(named=True)
    ]
    rows += [
        ("venue_type_census6", row["code"], None, row["name_zh"], None, "第六次全国体育场地普查分类", row["confidence"])
        for row in reference_tables.table("venue_types_census6_codes").iter_rows(named=True)
    ]
    rows += [("age_band", band, _cell_band(band), *_band_names(band), None, _OWN) for band in reference.age_bands()]
    own = pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")
    return pl.concat([own, *(part.select(_COLUMNS) for part in reference_tables.code_lists())]).sort(
        "list_name", "code"
    )


def _cell_band(band: str) -> str:
    return next(cell.removesuffix("_count") for cell, parts in reference.CELL_BANDS.items() if band in parts)


def _band_names(band: str) -> tuple[str, str]:
    low, high = band.split("_")
    if high == "plus":
        return f"{low} 岁及以上", f"{low} and over"
    return (f"{low} 岁", low) if low == high else (f"{low}–{high} 岁", f"{low}–{high}")


def holiday_frame() -> pl.DataFrame:
    """Return the holiday dataset: ``date, kind, holiday_name, source``. Key: ``date``."""
    return reference_tables.table("holidays_cn").select(
        pl.col("date").str.to_date(),
        "kind",
        pl.col("name").replace_strict(_HOLIDAYS_ZH).alias("holiday_name"),
        "source",
    )
