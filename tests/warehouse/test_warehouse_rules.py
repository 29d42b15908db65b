"""Each rule on the smallest delivery that breaks it, and on its neighbour that does not."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from tests_delivery import VENUE_ROW, check, refused, rules, venues

from geodata.crs import wgs84_to_bd09, wgs84_to_gcj02
from kernel.words import catalogue
from warehouse.contract import Column, contract
from warehouse.delivery import CheckContext
from warehouse.rules.faults import FaultLog
from warehouse.rules.keys import check_totals
from warehouse.rules.limits import check_range
from warehouse.rules.values import parse_column

OUTLINE = shapely.box(118.0, 31.5, 119.5, 32.5)
CODES = {"venue_type": {"C20", "C21", "E10"}}


def column(kind: str, **terms: object) -> Column:
    return Column(name="x", type=kind, zh="列", en="Column", **terms)  # type: ignore[arg-type]


def parsed(cells: list[object], kind: str, **terms: object) -> tuple[list[object], list[str], list[str]]:
    """Return values, rules broken per row (first) and notes of one column."""
    log = FaultLog("f", pl.Series(range(1, len(cells) + 1), dtype=pl.Int64))
    values = parse_column(pl.Series(cells), column(kind, **terms), log, is_identifier=False)
    broken = dict(log.refused().select("row_number", "rule").iter_rows())
    return values.to_list(), [broken.get(row, "") for row in range(1, len(cells) + 1)], rules(log.notes)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "1.5", 1.5),
        ("number", " 1e3 ", 1000.0),
        ("number", "１２３．５", 123.5),
        ("number", "1,234,567.5", 1234567.5),
        ("number", "-.5", -0.5),
        ("integer", "12.0", 12),
        ("integer", "1e3", 1000),
        ("integer", "+7", 7),
        ("boolean", "是", True),
        ("boolean", "No", False),
        ("boolean", "1", True),
        ("date", "2025-2-3", date(2025, 2, 3)),
        ("date", "2025/02/03", date(2025, 2, 3)),
        ("date", "20250203", date(2025, 2, 3)),
        ("date", "2025年2月3日", date(2025, 2, 3)),
        ("date", "45292", date(2024, 1, 1)),
        ("instant", "2025-02-03T08:30:00+08:00", datetime(2025, 2, 3, 0, 30, tzinfo=UTC)),
        ("instant", "2025-02-03 08:30", datetime(2025, 2, 3, 0, 30, tzinfo=UTC)),
        ("instant", "2025-02-03T00:30:00Z", datetime(2025, 2, 3, 0, 30, tzinfo=UTC)),
        ("text", "NA", "NA"),
        ("text", "null", "null"),
        ("text", "  a b ", "a b"),
        ("text", "１号馆", "１号馆"),
        ("text", "=HYPERLINK('x')", "=HYPERLINK('x')"),
        ("text", "'; DELETE FROM venue;--", "'; DELETE FROM venue;--"),
        ("text", "", None),
        ("text", "\u3000", None),
        ("number", "", None),
    ],
)
def test_cells_are_read(kind: str, cell: str, value: object) -> None:
    values, broken, _ = parsed([cell], kind)
    assert (values, broken) == ([value], [""])


@pytest.mark.parametrize(
    ("kind", "cell", "rule"),
    [
        ("number", "12.5亿", "TYPE"),
        ("number", "1,2", "TYPE"),
        ("number", "nan", "TYPE"),
        ("number", "inf", "TYPE"),
        ("number", "1e999", "TYPE"),
        ("number", "0x10", "TYPE"),
        ("number", "1 2", "TYPE"),
        ("integer", "1.5", "TYPE"),
        ("integer", "9007199254740993", "TYPE"),
        ("boolean", "maybe", "TYPE"),
        ("date", "2025-02-30", "TYPE"),
        ("date", "3.5", "TYPE"),
        ("date", "yesterday", "TYPE"),
        ("instant", "2025-02-03", "TYPE"),
        ("instant", "25:61", "TYPE"),
        ("text", "a\x00b", "CTRL_CHAR"),
        ("text", "a\x0b", "CTRL_CHAR"),
        ("text", "a\u202eb", "CTRL_CHAR"),
        ("text", "a\ufffdb", "ENCODING"),
    ],
)
def test_cells_that_cannot_be_read_are_named(kind: str, cell: str, rule: str) -> None:
    _, broken, _ = parsed([cell], kind)
    assert broken == [rule]


def test_typed_values_are_taken_over_without_loss() -> None:
    assert parsed([1, 2, None], "integer") == ([1, 2, None], ["", "", ""], [])
    assert parsed([1.0, 2.5, float("nan")], "integer") == ([1, None, None], ["", "TYPE", ""], [])
    assert parsed([float("inf"), 1.0], "number") == ([None, 1.0], ["TYPE", ""], [])
    assert parsed([320102.0, None], "text", pattern=r"^\d{6}$") == (["320102", None], ["", ""], [])
    local = datetime.fromisoformat("2025-02-03T08:30")
    assert parsed([local], "instant")[0] == [datetime(2025, 2, 3, 0, 30, tzinfo=UTC)]
    assert parsed([date(2025, 2, 3)], "date")[0] == [date(2025, 2, 3)]


def test_codes_keep_zeros_and_lose_only_what_a_number_format_added() -> None:
    cells = ["032000", "３２０１０２", "320102.0", "2000", "3.20102E+17", "32010２"]
    values, broken, notes = parsed(cells, "text", pattern=r"^\d{6}$")
    assert values[:3] == ["032000", "320102", "320102"]
    assert broken == ["", "", "", "PATTERN", "ID_PRECISION", ""]
    assert set(notes) == {"FULL_WIDTH", "CODE_AS_NUMBER"}


@pytest.mark.parametrize(
    ("unit", "low", "high", "value", "told"),
    [
        ("cm", 50, 250, 1.75, "in m instead of cm"),
        ("m2", 0, 5e6, 6.08e8, "in cm2 instead of m2"),
        ("m2", 10, 5e6, 0.5, "instead of m2"),
        ("persons", 100, 2e7, 12.5, "in 万人 instead of persons"),
        ("kg", 20, 200, 70_000, "in g instead of kg"),
        ("kg", 20, 200, -5, None),
        (None, 0, 1, 7, None),
    ],
)
def test_values_out_of_range_name_the_likely_unit(unit: str, low: float, high: float, value: float, told: str) -> None:
    log = FaultLog("f", pl.Series([2]))
    check_range(pl.Series([value]), column("number", unit=unit, min=low, max=high), log)
    (finding,) = log.findings()
    assert finding.rule == "RANGE"
    assert ("instead of" in finding.message) == (told is not None)
    assert told is None or told in finding.message


def test_limits_belong_to_the_range() -> None:
    log = FaultLog("f", pl.Series([1, 2, 3, 4]))
    check_range(pl.Series([0.0, 1.0, None, 1.0000001]), column("number", min=0.0, max=1.0), log)
    assert log.positions().to_list() == [3]


def test_unknown_codes_name_the_nearest(tmp_path: Path) -> None:
    context = CheckContext(code_lists=CODES)
    text = venues(VENUE_ROW, VENUE_ROW.replace("V1", "V2").replace("C21", "c21"))
    (finding,) = check(tmp_path, text, context=context).findings
    assert (finding.rule, finding.row, finding.column) == ("CODE", 3, "venue_type_code")
    assert "Did you mean C21?" in finding.message
    notes = check(tmp_path, text).notes
    assert "CODE_LIST_MISSING" in rules(notes)


def test_total_rows_are_refused_and_names_that_hold_the_word_are_not(tmp_path: Path) -> None:
    text = venues(
        VENUE_ROW, "合 计,,,,,,608,40", "总计：,,,,,,,", ",小计,C21,118.8,32.1,,1,1", "V9,Total,C21,118.8,32.1,,1,1"
    )
    checked = check(tmp_path, text)
    assert checked.refused.select("row_number", "rule").rows() == [(3, "TOTAL_ROW"), (4, "TOTAL_ROW"), (5, "TOTAL_ROW")]
    assert checked.frame["area_m2"].sum() == 609


def test_totals_are_looked_for_in_short_cells_only() -> None:
    frame = pl.DataFrame({"row_number": [2, 3], "venue_id": ["合计" * 40, "合计"]})
    log = FaultLog("f", frame["row_number"])
    check_totals(frame, {"venue_id": "venue_id"}, contract("venue"), log)
    assert log.positions().to_list() == [1]


def test_equal_rows_count_once_and_equal_keys_are_refused(tmp_path: Path) -> None:
    other = VENUE_ROW.replace("玄武湖", "五台山")
    text = venues(VENUE_ROW, VENUE_ROW.replace("V1", "V2"), VENUE_ROW.replace("V1", "V2"), other, VENUE_ROW)
    checked = check(tmp_path, text)
    assert checked.frame["venue_id"].to_list() == ["V2"]
    assert (checked.duplicate_count, checked.refused["row_number"].to_list()) == (2, [2, 5])
    (finding,) = checked.findings
    assert "rows 2, 5" in finding.message
    assert next(note for note in checked.notes if note.rule == "DUPLICATE_ROW").count == 2


def test_one_refused_row_tells_all_its_faults_and_keeps_what_was_sent(tmp_path: Path) -> None:
    checked = check(tmp_path, venues("V1,,C21,abc,32,20102,-1," + "9" * 1400))
    (row,) = checked.refused.to_dicts()
    assert (row["row_number"], row["rule"], row["column"]) == (2, "PATTERN", "region_code")
    for part in ("leading zeros", "venue_name", "abc", "-1", "999"):
        assert part in row["message"]
    raw = json.loads(row["raw"])
    assert (raw["venue_id"], raw["lon"]) == ("V1", "abc")
    assert len(raw["capacity_count"]) == 1001
    assert sum(finding.count for finding in checked.findings) == 5
    json.dumps([finding.as_dict() for finding in checked.findings])


def test_long_cells_are_refused_and_shortened_in_the_report(tmp_path: Path) -> None:
    text = venues(VENUE_ROW, f"V2,{'长' * 121},C21,118.8,32.1,,1,1", f"V3,b,C21,118.8,32.1,,1,{'1' * (10 << 20)}")
    checked = check(tmp_path, text)
    assert checked.refused["rule"].to_list() == ["FIELD_TOO_LONG", "FIELD_TOO_LONG"]
    assert max(len(cell) for cell in checked.refused["raw"]) < 2000
    assert max(len(finding.message) for finding in checked.findings) < 300


def test_exchanged_coordinates_are_said_to_be_exchanged(tmp_path: Path) -> None:
    text = venues(VENUE_ROW, "V2,b,C21,32.06,118.79,,1,1")
    (finding,) = check(tmp_path, text).findings
    assert (finding.rule, "exchanged" in finding.message) == ("COORD", True)
    brazil = CheckContext(region_outline=shapely.box(-51.3, -30.3, -51.0, -29.9))
    both = venues("V1,a,C21,-51.2,-30.1,,1,1", "V2,b,C21,-30.1,-51.2,,1,1")
    (finding,) = check(tmp_path, both, context=brazil).findings
    assert (finding.row, "exchanged" in finding.message) == (3, True)


@pytest.mark.parametrize("lon", ["NaN", "1e308", "inf", "118°47'", "", "181"])
def test_no_positions(tmp_path: Path, lon: str) -> None:
    checked = check(tmp_path, venues(f"V1,a,C21,{lon},32.06,,1,1"))
    assert checked.refused["rule"].to_list() == (["REQUIRED"] if lon == "" else ["COORD"])


def test_points_outside_the_region_are_refused_beyond_two_kilometres(tmp_path: Path) -> None:
    one_km = 1 / 111.32
    rows = [f"V{index},a,C21,118.5,{32.5 + km * one_km},,1,1" for index, km in enumerate((-1, 1.9, 2.1, 500))]
    east = [
        f"W{index},a,C21,{119.5 + km * one_km / np.cos(np.radians(32))},32,,1,1" for index, km in enumerate((1.9, 2.1))
    ]
    checked = check(tmp_path, venues(*rows, *east), context=CheckContext(region_outline=OUTLINE))
    assert checked.refused.select("row_number", "rule").rows() == [(4, "OUTSIDE"), (5, "OUTSIDE"), (7, "OUTSIDE")]


@pytest.fixture(scope="module")
def counties() -> dict[str, shapely.Geometry]:
    """Counties of 0.05 degree, so that a shift of some 500 m takes one point in ten over a border."""
    boxes = [
        shapely.box(x, y, x + 0.05, y + 0.05)
        for x in np.arange(118.5, 118.9, 0.05)
        for y in np.arange(31.8, 32.2, 0.05)
    ]
    return {f"32{index:04d}": box for index, box in enumerate(boxes)}


def in_counties(counties: dict[str, shapely.Geometry], shift: object, count: int = 1500) -> str:
    random = np.random.default_rng(7)
    codes = sorted(counties)
    rows = []
    for index, place in enumerate(random.integers(0, len(codes), count)):
        west, south, east, north = counties[codes[place]].bounds
        lon, lat = shift(random.uniform(west, east), random.uniform(south, north))  # type: ignore[operator]
        rows.append(f"V{index},a,C21,{float(lon)},{float(lat)},{codes[place]},1,1")
    return venues(*rows)


def test_a_wrong_declaration_of_the_system_is_found_and_the_right_one_named(
    tmp_path: Path, counties: dict[str, shapely.Geometry]
) -> None:
    context = CheckContext(region_shapes=counties)
    for system, shift in {"GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}.items():
        text = in_counties(counties, shift)
        (finding,) = refused(tmp_path, text, context=context)
        assert finding.rule == "CRS_MISMATCH"
        assert f"'{system}'" in finding.fix
        right = check(tmp_path, text, context=context, crs=system)
        assert right.refused_count == 0
        assert right.frame["lon"].is_between(118.49, 118.96).all()
    straight = in_counties(counties, lambda lon, lat: (lon, lat))
    assert check(tmp_path, straight, context=context).accepted_count == 1500
    (finding,) = refused(tmp_path, straight, context=context, crs="BD-09")
    assert "'WGS-84'" in finding.fix


def test_metres_declared_as_degrees_are_refused_with_the_projection(tmp_path: Path) -> None:
    text = venues("V1,a,C21,386500,3550000,,1,1", "V2,b,C21,387500,3551000,,1,1")
    (finding,) = refused(tmp_path, text, context=CheckContext(region_outline=OUTLINE))
    assert finding.rule == "CRS_MISMATCH"
    assert "EPSG:" in finding.message
    named = finding.fix.split("'")[1]
    assert named == "EPSG:4549"
    assert check(tmp_path, text, crs=named, context=CheckContext(region_outline=OUTLINE)).accepted_count == 2
    zoned = text.replace("386500", "40386500").replace("387500", "40387500")
    (finding,) = refused(tmp_path, zoned)
    assert "'EPSG:4528'" in finding.fix


def test_lists_of_points_are_checked_and_converted(tmp_path: Path) -> None:
    header = "venue_id,venue_name,venue_type_code,lon,lat,entrances"
    lon, lat = (float(value) for value in wgs84_to_gcj02(118.5, 32.5))
    cells = [f"{lon} {lat}；{lon},{lat};", "118.5", "118.5 32.5; a b", "32.5 118.5", ""]
    rows = [f'V{index},a,C21,{lon},{lat},"{cell}"' for index, cell in enumerate(cells)]
    checked = check(tmp_path, venues(*rows, header=header), crs="GCJ-02")
    assert checked.frame["entrances"].to_list() == ["118.5 32.5; 118.5 32.5", None]
    assert checked.refused.select("row_number", "column").rows() == [
        (3, "entrances"),
        (4, "entrances"),
        (5, "entrances"),
    ]


def test_findings_are_aggregated_with_the_first_row_and_read_well(tmp_path: Path) -> None:
    rows = [f"V{index},a,C21,118.8,32.1,32,1,1" for index in range(50)]
    (finding,) = check(tmp_path, venues(VENUE_ROW, *rows), "场地.csv").findings
    assert (finding.row, finding.count) == (3, 50)
    assert str(finding).startswith(
        "PATTERN 场地.csv, row 3, column region_code (50 times): 32 is not a code of 6 digits."
    )


NOT_RULES = {"CGCS2000", "CHECK_BROKEN", "CRS84", "CSV", "FORMAT", "GB18030", "NFKC", "PAR1", "UTC", "WGS84"}


def test_every_rule_in_the_code_has_words_in_both_languages_and_a_line_in_the_manual() -> None:
    root = Path(__file__).parents[2]
    folders = [root / "warehouse" / "rules", root / "warehouse" / "formats"]
    sources = [path for folder in folders for path in folder.glob("*.py")]
    sources += [root / "warehouse" / f"{name}.py" for name in ("ingest", "receive", "suspicion", "apart")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r'"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*)"', text)) - NOT_RULES
    prefix = "ingest.rule_"
    assert used == {key.removeprefix(prefix).upper() for key in catalogue() if key.startswith(prefix)}
    assert used == {key.removeprefix("ingest.fix_").upper() for key in catalogue() if key.startswith("ingest.fix_")}
    manual = (root / "docs" / "deliveries.md").read_text("utf-8")
    assert used == set(re.findall(r"^\| `([A-Z0-9_]+)` \|", manual, re.MULTILINE))
