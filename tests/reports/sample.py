"""A made-up export with everything in it: awkward texts, holes, no data, lines, points, two languages."""

from __future__ import annotations

import math

import shapely

from reports.content import Classes, Column, Content, Layer, Picture, Section, Table, shapes_of
from reports.provenance import Provenance
from warehouse.queries.provenance import BuildRecord, DatasetRecord

# Texts that a spreadsheet would run or that XML cannot hold.
DANGEROUS = ["=1+2", "+7", "-3", "@cmd", '=HYPERLINK("x")', "a\x0bb", "\t=2"]
HALF = 1 / 3


def source(origin: str = "demo", lang: str = "zh") -> Provenance:
    datasets = (
        DatasetRecord("venue", "体育场地", "Venues", origin, "演示", "none", None, "2026-01-02T03:04:05Z", 300),
        DatasetRecord("region", "行政区划", "Regions", "reference", "x", "MIT", "2020", "2026-01-02T03:04:05Z", 3),
    )
    record = BuildRecord(
        "000007-abc", "f" * 64, "2026-01-03T00:00:00Z", "江苏省", "Jiangsu", origin == "demo", datasets
    )
    product = {"zh": "体育一张图", "en": "Sports One Map"}[lang]
    return Provenance(product, record, "/api/export/x.xlsx?fee=free&minutes=10", "2026-02-03T04:05:06Z", lang)


def square(west: float, south: float, side: float, *, hole: bool = False) -> shapely.Polygon:
    """Return a clockwise square: what GeoJSON must turn round."""
    shell = [(west, south), (west, south + side), (west + side, south + side), (west + side, south), (west, south)]
    quarter = side / 4
    inner = [
        (west + quarter, south + quarter),
        (west + 3 * quarter, south + quarter),
        (west + 3 * quarter, south + 3 * quarter),
        (west + quarter, south + 3 * quarter),
    ]
    return shapely.Polygon(shell, [inner] if hole else [])


COLUMNS = (
    Column("region_code", "区划代码"),
    Column("region_name", "地区"),
    Column("resident_count", "常住人口", "count", "人"),
    Column("share", "覆盖率", "share"),
    Column("change", "变化", "count_change", "人"),
)
ROWS = [
    ("320101", "甲县", 1234.5678901234567, HALF, -12.25),
    ("320102", "=乙县", 10.0, 0.95, 3.0),
    ("320103", None, 0.0, math.nan, None),
]


def content(origin: str = "demo", lang: str = "zh") -> Content:
    table = Table("分地区/覆盖", COLUMNS, ROWS, note="甲乙丙")
    odd = Table("分地区 覆盖", (Column("text", "文字"),), [(text,) for text in DANGEROUS])
    classes = Classes("share", ("#ff0000", "#00ff00"), ("低", "高"), limits=(0.5,))
    shapes = shapes_of([square(118, 32, 1, hole=True), square(119, 32, 1), shapely.MultiPolygon([square(120, 32, 1)])])
    areas = Layer("county", table, shapes, "area", "#0000ff", classes)
    points = Layer(
        "site",
        Table("新址", (Column("kind", "类别"),), [("new",), ("old",)]),
        shapes_of([shapely.Point(118.12345678901, 32.5), shapely.Point(119.5, 32.5)]),
        "point",
        "#ff00ff",
        Classes("kind", ("#ff00ff", "#00ffff"), ("新", "旧"), values=("new", "old")),
    )
    lines = Layer(
        "link",
        Table("连线", (Column("length", "长度", "decimal", "米"),), [(12.5,)]),
        shapes_of([shapely.LineString([(118.5, 32.125), (120.5, 32.125)])]),
        "line",
        "#123456",
    )
    layers = (areas, lines, points)
    return Content(
        title="=示例 <导出>",
        subtitle="江苏省 · 10 分钟",
        lang=lang,
        provenance=source(origin, lang),
        definitions={"覆盖率": "圈内除以全部"},
        tables=(table, odd),
        layers=layers,
        picture=Picture(layers, shapes, shapes_of([]), (117.9, 31.9, 121.1, 33.1)),
        sections=(
            Section("主要结果", ("甲县 <1,234> 人。", "第二段。"), has_picture=True),
            Section("分地区", tables=(table,)),
        ),
    )
