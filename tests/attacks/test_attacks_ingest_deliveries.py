"""Cases I01 to I50 of the threat model that concern who delivers what, and spreadsheets as people make them.

The other cases are in ``test_bad_deliveries.py``; uploads over the web in ``tests/api/test_api_upload.py``.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel.errors import DataRejected
from kernel.settings import Settings, load_settings
from warehouse.batch_history import approve, standing
from warehouse.batches import Batch
from warehouse.contract import contract, contracts
from warehouse.curated import read_active
from warehouse.delivery import CheckContext, Checked, DeliveryOptions
from warehouse.ingest import accepted_endings, check_delivery
from warehouse.receive import Receipt, Sender, receive, writing_ledger
from warehouse.rules.headers import header_of, match_columns
from warehouse.suspicion import population_stability, reasons_to_hold

HEADER = ["venue_id", "venue_name", "venue_type_code", "lon", "lat", "region_code", "area_m2"]
ROW = ["0012", "球场", "C21", 118.79, 32.06, "320102", 608]
SUZHOU = Sender(account_id="a" * 32, account_name="suzhou", unit_code="320500", area_codes=("320500",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings({}), data_dir=tmp_path / "var")


def check(folder: Path, content: bytes | str, name: str = "a.csv", **given: object) -> Checked:
    path = folder / "delivery"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    context = given.pop("context", CheckContext())
    dataset = given.pop("dataset", "venue")
    return check_delivery(str(dataset), path, DeliveryOptions(name, **given), context)  # type: ignore[arg-type]


def rules(folder: Path, content: bytes | str, name: str = "a.csv", **given: object) -> list[str]:
    with pytest.raises(DataRejected) as caught:
        check(folder, content, name, **given)
    return [finding.rule for finding in caught.value.findings]


def text(*rows: list[object], header: list[str] | None = None) -> str:
    return "\n".join(",".join(str(cell) for cell in row) for row in (header or HEADER, *rows)) + "\n"


def book(fill: object) -> bytes:
    """Return a workbook whose first sheet a function fills."""
    made = openpyxl.Workbook()
    fill(made.active)  # type: ignore[operator]
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


# I01 to I03: encodings.


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_chinese_names_come_through_byte_by_byte(tmp_path: Path, encoding: str) -> None:
    names = ["南京市玄武湖公园篮球场", "苏州工业园区体育中心羽毛球馆", "㙟䶮垚犇体育公园"]
    rows = [[f"v{n}", name, *ROW[2:]] for n, name in enumerate(names)]
    found = check(tmp_path, text(*rows).encode(encoding))
    assert found.frame["venue_name"].to_list() == names
    assert found.frame.columns[0] == "venue_id"


def test_utf16_without_a_mark_is_refused_and_never_mojibake(tmp_path: Path) -> None:
    assert set(rules(tmp_path, text(ROW).encode("utf-16-le"))) <= {"ENCODING", "TYPE_MISMATCH"}


# I07 to I12: columns, ids, numbers.


def test_twenty_thousand_columns_are_refused(tmp_path: Path) -> None:
    assert rules(tmp_path, ",".join(f"c{n}" for n in range(20_000)) + "\n1\n") == ["TOO_MANY_COLUMNS"]


def test_columns_in_another_order_or_in_chinese_are_the_same_columns(tmp_path: Path) -> None:
    order = [3, 0, 6, 1, 5, 2, 4]
    shuffled = text([ROW[place] for place in order], header=[HEADER[place] for place in order])
    zh = [contract("venue").column(name).zh for name in HEADER]
    frames = [check(tmp_path, content).frame for content in (text(ROW), shuffled, text(ROW, header=zh))]
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_zeros_before_a_code_stay_and_lost_digits_are_told(tmp_path: Path) -> None:
    assert check(tmp_path, text(ROW)).frame["venue_id"].to_list() == ["0012"]
    found = check(tmp_path, text(ROW, ["3.20102E+17", *ROW[1:]]))
    assert found.refused["rule"].to_list() == ["ID_PRECISION"]
    found = check(tmp_path, text(["NA", *ROW[1:]], ["null", *ROW[1:]], ["None", *ROW[1:]]))
    assert found.frame["venue_id"].to_list() == ["NA", "null", "None"]


@pytest.mark.parametrize("cell", ["１２３", '"1,234"', "12.5亿"])
def test_numbers_as_people_write_them_are_read_with_a_note_or_refused(tmp_path: Path, cell: str) -> None:
    found = check(tmp_path, text([*ROW[:6], cell]))
    values = found.frame["area_m2"].to_list()
    assert (values and values[0] > 100 and found.notes) or found.refused_count == 1
    assert 0.0 not in values


# I14 and I19: dates and totals in workbooks.


def test_dates_of_a_workbook_and_totals(tmp_path: Path) -> None:
    def fill(sheet: object) -> None:
        sheet.append(["club_id", "club_name", "kind_code", "region_code", "founded_on", "lon", "lat"])
        sheet.append(["1", "甲", "k", "320102", date(2020, 1, 5), 118.79, 32.06])
        sheet.append(["2", "乙", "k", "320102", 45292, 118.79, 32.06])
        sheet.append(["3", "丙", "k", "320102", "2025-02-30", 118.79, 32.06])
        sheet.append(["合 计", None, None, None, None, None, None])

    found = check(tmp_path, book(fill), "a.xlsx", dataset="club")
    assert found.frame["founded_on"].to_list() == [date(2020, 1, 5), date(2024, 1, 1)]
    assert found.refused["rule"].to_list() == ["TYPE", "TOTAL_ROW"]


# Merged cells.


def test_a_header_of_two_rows_is_read_as_one(tmp_path: Path) -> None:
    def fill(sheet: object) -> None:
        sheet.append(["体育场地名录", *([None] * 6)])
        sheet.append(["场地编号", "场地名称", "场地类型", "位置", None, "区划代码", "场地面积"])
        sheet.append([None, None, None, "经度", "纬度", None, None])
        sheet.append(ROW)
        sheet.merge_cells("A1:G1")
        sheet.merge_cells("D2:E2")
        for letter in "ABCFG":
            sheet.merge_cells(f"{letter}2:{letter}3")

    found = check(tmp_path, book(fill), "a.xlsx")
    assert (found.accepted_count, found.delivered_count) == (1, 1)
    assert found.frame.row(0, named=True)["lat"] == pytest.approx(32.06)
    assert {"MERGED_HEADER", "HEADER_ROW"} <= {note.rule for note in found.notes}


def test_a_merged_header_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    def fill(sheet: object) -> None:
        sheet.append(["区划代码", "人数", None, None])
        sheet.append([None, "男", "女", None])
        sheet.append(["320102", 1, 2, None])
        sheet.merge_cells("B1:C1")

    assert rules(tmp_path, book(fill), "a.xlsx", dataset="population") == ["TWO_ROW_HEADER"]


def test_merged_cells_below_the_header_are_told_and_never_copied(tmp_path: Path) -> None:
    def fill(sheet: object) -> None:
        sheet.append(HEADER)
        sheet.append(ROW)
        sheet.append(["0013", *ROW[1:]])
        sheet.merge_cells("F2:F3")

    found = check(tmp_path, book(fill), "a.xlsx")
    assert found.frame["region_code"].to_list() == ["320102", None]
    assert "MERGED_CELLS" in {note.rule for note in found.notes}


# I16 to I18, I47 to I49: who delivers what.


def venues(*numbers: int, region: str = "320506", area: float = 600.0) -> str:
    return text(*([f"v{n}", f"馆{n}", "C21", 120.6, 31.3, region, area + n % 7] for n in numbers))


def deliver(settings: Settings, content: str, *, sender: Sender = SUZHOU, dataset: str = "venue") -> Receipt:
    path = settings.data_dir.parent / "delivery.csv"
    path.write_text(content, "utf-8")
    return receive(path, [dataset], DeliveryOptions("delivery.csv"), settings, sender=sender)[0]


def approved(settings: Settings, content: str, **given: object) -> Receipt:
    receipt = deliver(settings, content, **given)  # type: ignore[arg-type]
    assert [hold["rule"] for hold in receipt.batch.holds or ()] == ["FIRST_DELIVERY"]
    approve(writing_ledger(settings), receipt.batch.batch_id, "b" * 32, "judge")
    return receipt


def holds(receipt: Receipt) -> set[str]:
    return {hold["rule"] for hold in receipt.batch.holds or ()}


def test_much_less_much_more_and_quite_different_is_held(settings: Settings) -> None:
    approved(settings, venues(*range(200)))
    assert deliver(settings, venues(*range(150))).state == "accepted"
    assert holds(deliver(settings, venues(*range(90)))) == {"VOLUME_DROP"}
    assert holds(deliver(settings, venues(*range(500)))) == {"VOLUME_RISE"}
    assert holds(deliver(settings, venues(*range(150), area=6000.0))) == {"DRIFT"}
    whole = deliver(settings, venues(*range(151)), sender=replace(SUZHOU, area_codes=(), replaces_all=True))
    assert "REPLACES_ALL" in holds(whole)


def test_rows_of_another_city_refuse_the_file(settings: Settings) -> None:
    receipt = deliver(settings, venues(1, 2) + "n1,馆,C21,118.8,32.05,320102,600\n")
    assert (receipt.state, [finding.rule for finding in receipt.findings]) == ("rejected", ["SCOPE"])
    assert (receipt.findings[0].row, receipt.batch.refused_count) == (4, 3)
    street = text(["s", "street", "LINESTRING (1 1;2 2)"], header=["street_id", "kind", "geometry"]).replace(";", " ")
    assert deliver(settings, street, dataset="street").state == "rejected"


def test_a_key_of_another_city_is_not_taken_over(settings: Settings) -> None:
    deliver(settings, venues(1, region="320102"), sender=Sender())
    approved(settings, venues(2, 3))
    receipt = deliver(settings, venues(1, 4))
    assert (receipt.batch.accepted_count, [f.rule for f in receipt.findings]) == (1, ["KEY_ELSEWHERE"])


def test_a_row_that_looks_like_one_of_another_unit_is_noted(settings: Settings) -> None:
    deliver(settings, venues(1).replace("v1", "province-1"), sender=Sender())
    assert "NEAR_DUPLICATE" in {note.rule for note in deliver(settings, venues(1)).notes}


@pytest.mark.parametrize("period", ["2031", "2031-01"])
def test_a_period_that_has_not_come_is_refused(settings: Settings, period: str) -> None:
    receipt = deliver(settings, venues(1), sender=replace(SUZHOU, period=period))
    assert [finding.rule for finding in receipt.findings] == ["PERIOD"]


def test_the_same_rows_in_another_file_count_once(settings: Settings) -> None:
    first = approved(settings, venues(*range(5)))
    again = deliver(settings, venues(*range(5)) + "\n")
    assert (again.state, again.batch.batch_id != first.batch.batch_id) == ("accepted", True)
    engine = writing_ledger(settings)
    batches = [batch for batch in standing(engine) if batch.dataset == "venue"]
    assert len(batches) == 2
    assert read_active(settings, contract("venue"), batches).height == 5
    assert deliver(settings, venues(*range(5))).state == "duplicate"


def test_children_without_consent_are_held(settings: Settings) -> None:
    """The dataset of athletes holds dates of birth; nobody recorded the consent of guardians."""
    terms = contract("athlete")
    assert terms.sensitivity in ("personal", "sensitive")
    born = pl.Series("birth_on", [date(2016, 5, 1)] * 30 + [date(2000, 5, 1)] * 5)
    frame = pl.DataFrame(schema=terms.schema).clear(35).with_columns(born)
    checked = Checked(frame, frame.clear(), [], [], 35, 35, 0, 0, {})
    batch = Batch(
        *("b", 1, "athlete", "delivered", "", "", None, "", "", 0, {}, False, "landed", "2026-10-01T00:00:00Z"),
        account_id="a",
    )
    found = {finding.rule: finding.count for finding in reasons_to_hold(checked, batch, [], settings)}
    assert found == {"FIRST_DELIVERY": 1, "MINOR_BASIS": 30}


@pytest.mark.parametrize(
    ("dataset", "basis", "expected"),
    [
        ("student_fitness", None, 3),
        ("student_fitness", "because", 3),
        ("student_fitness", "statutory_duty", None),
        ("youth_training", None, 3),
        ("youth_competition", None, 3),
        ("student_fitness", "guardian_consent", None),
        ("venue", None, None),
    ],
)
def test_pupils_are_minors_whatever_age_they_tell(
    settings: Settings, dataset: str, basis: str | None, expected: int | None
) -> None:
    frame = pl.DataFrame(schema=contract(dataset).schema).clear(3)
    checked = Checked(frame, frame.clear(), [], [], 3, 3, 0, 0, {})
    options = {"lawful_basis": basis} if basis else {}
    batch = Batch(
        *("b", 1, dataset, "delivered", "", "", None, "", "", 0, options, False, "landed", "2026-10-01T00:00:00Z"),
        account_id="a",
    )
    found = {finding.rule: finding.count for finding in reasons_to_hold(checked, batch, [], settings)}
    assert found.get("MINOR_BASIS") == expected


def test_the_age_in_years_tells_children_too(settings: Settings) -> None:
    ages = pl.Series("age_year", [5, 13, 14, None, 40], dtype=pl.Int64)
    frame = pl.DataFrame(schema=contract("fitness_test").schema).clear(5).with_columns(ages)
    checked = Checked(frame, frame.clear(), [], [], 5, 5, 0, 0, {})
    batch = Batch(
        *("b", 1, "fitness_test", "delivered", "", "", None, "", "", 0, {}, False, "landed", "2026-10-01T00:00:00Z"),
        account_id="a",
    )
    found = {finding.rule: finding.count for finding in reasons_to_hold(checked, batch, [], settings)}
    assert found["MINOR_BASIS"] == 2


# The index of drift.


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=2, max_size=12), st.integers(2, 9))
def test_the_index_of_drift_is_zero_for_equal_shares_and_the_same_both_ways(counts: list[int], times: int) -> None:
    before = np.array(counts) * 1000 + 1000
    assert population_stability(before, before) == 0.0
    assert population_stability(before, before * times) == pytest.approx(0.0, abs=1e-4)
    other = before[::-1].copy()
    assert population_stability(before, other) == pytest.approx(population_stability(other, before))
    assert population_stability(before, other) >= 0.0


# I42, I45 and what every contract can be asked.


def test_no_ending_of_a_database_or_pickle_is_read() -> None:
    assert not {".duckdb", ".db", ".sqlite", ".pkl", ".pickle", ".exe", ".html"} & set(accepted_endings())


def test_every_contract_has_headers_that_lead_back_to_its_columns() -> None:
    for terms in contracts().values():
        header = [header_of(column, terms) for column in terms.columns]
        found = match_columns(header, terms, DeliveryOptions("x"), has_points=False)
        assert found.columns == dict(zip(terms.column_names, header, strict=True)), terms.dataset


def test_a_hostile_shape_stays_in_its_row(tmp_path: Path) -> None:
    good = shapely.to_wkt(shapely.box(118, 31, 119, 32))
    header = ["region_code", "region_name", "level", "geometry"]
    content = "\t".join(header) + f"\n320102\t玄武\tcounty\t{good}\n320104\t秦淮\tcounty\tPOLYGON ((0 0, 1 1\n"
    found = check(tmp_path, content, "a.tsv", dataset="region", crs="WGS-84")
    assert (found.accepted_count, found.refused["rule"].to_list()) == (1, ["GEOMETRY_TYPE"])
