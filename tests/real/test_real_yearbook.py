"""The yearbook figures of 2018: the thirteen cities sum to more than the province that is printed above them."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from warehouse.build.scratch import open_scratch
from warehouse.checks import sources
from warehouse.checks._evidence import Evidence
from warehouse.contract import contracts
from warehouse.delivery import CheckContext, Checked, DeliveryOptions
from warehouse.ingest import check_delivery
from warehouse.reference_tables import code_lists
from warehouse.steps import discover

REAL = Path(__file__).parents[2].parent / "shared" / "real" / "yearbook" / "jiangsu_city_gdp_2018_2015.csv"
pytestmark = [pytest.mark.real, pytest.mark.skipif(not REAL.is_file(), reason=f"the real data are not at {REAL}")]

YEARS = (2015, 2018)
SOURCE = "江苏统计年鉴"


def delivered(year: int) -> Checked:
    lists = {"regional_measure": {"gdp", "gdp_per_capita", "resident", "urban_share"}}
    assert lists["regional_measure"] <= {code for frame in code_lists() for code in frame["code"]}
    options = DeliveryOptions(
        REAL.name,
        rename={"region_code": "adcode", "value": f"gdp_{year}_100m_yuan"},
        fill={"year": str(year), "measure_code": "gdp", "unit": "100m_cny", "source": SOURCE},
    )
    return check_delivery("regional_statistic", REAL, options, CheckContext(code_lists=lists))


@pytest.mark.parametrize("year", YEARS)
def test_the_cities_sum_to_more_than_the_printed_province_and_nothing_stops(tmp_path: Path, year: int) -> None:
    checked = delivered(year)
    assert (checked.accepted_count, checked.refused_count) == (14, 0)
    with open_scratch(tmp_path) as scratch:
        connection = scratch.connection
        connection.register("figures", checked.frame.to_arrow())
        connection.execute("create view staging.stg_regional_statistic as select * from figures")
        connection.execute(
            "create table core.region as select region_code, '320000' as parent_code from figures"
            " where region_code <> '320000'"
        )
        scratch.run(discover()["marts.mart_sum_conflict"])
        steps = [discover()["marts.mart_sum_conflict"]]
        [verdict] = sources.CHECK(Evidence(scratch.frame, steps, [], contracts(), None))

    lines = list(csv.DictReader(REAL.open(encoding="utf-8-sig")))
    printed = {line["adcode"]: Decimal(line[f"gdp_{year}_100m_yuan"]) for line in lines}
    whole = printed.pop("320000")
    parts = sum(printed.values())
    assert parts > whole
    assert not verdict.passed
    assert not verdict.stops
    for figure in (f"{whole:.2f}", f"{parts:.2f}", f"+{parts - whole:.2f}", "13 parts", SOURCE):
        assert figure in verdict.detail
    if year == 2018:
        assert (f"{whole:.2f}", f"{parts:.2f}") == ("92595.40", "94323.54")


def test_the_figures_arrive_as_they_are_printed() -> None:
    frame = delivered(2018).frame.sort("region_code")
    assert frame.filter(pl.col("region_code") == "320500")["value"].to_list() == [18597.47]
    assert frame["unit"].unique().to_list() == ["100m_cny"]
