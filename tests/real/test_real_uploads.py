"""Files of others through the upload: outlines, a census table, residential compounds, yearbook tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest
from flask import Flask
from sqlalchemy import delete

from ledger import upload_turns
from warehouse.batch_history import approve
from warehouse.batches import find

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
pytestmark = [pytest.mark.real, pytest.mark.skipif(not REAL.is_dir(), reason=f"the real data are not at {REAL}")]

Upload = Callable[..., dict]


@pytest.fixture
def upload(server: Flask, sign_in: Callable) -> Upload:
    """Return a function that sends a file as the analyst and gives the answer for it."""
    engine = server.extensions["ledger"]
    upload_turns.METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(delete(upload_turns.UPLOAD_TURN))

    def send(name: str, content: bytes, **said: str | list[str]) -> dict:
        answer = sign_in("analyst").post(f"/api/upload?{urlencode({'name': name, **said}, doseq=True)}", data=content)
        assert answer.status_code in (200, 422), answer.text
        return answer.json["deliveries"][0]

    return send


def adds_up(found: dict) -> bool:
    return found["accepted"] + found["refused"] + found["duplicate"] == found["delivered"]


def rows_of(server: Flask, found: dict) -> pl.DataFrame:
    batch = find(server.extensions["ledger"], found["delivery"])
    return pl.read_parquet(server.extensions["settings"].data_dir / batch.curated_path)


def test_county_outlines_in_gcj02_need_their_system_named(upload: Upload, server: Flask) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (REAL / "boundaries").glob("jiangsu_district_amap2020.*"):
            archive.write(path, path.name)
    refused = upload("jiangsu.zip", stream.getvalue(), dataset="region", fill="level=county")
    assert (refused["state"], refused["rules"]) == ("rejected", ["CRS_MISSING"])
    found = upload("jiangsu.zip", stream.getvalue(), dataset="region", fill="level=county", crs="GCJ-02")
    assert (found["state"], found["delivered"]) == ("held", 97)
    assert adds_up(found)
    assert found["accepted"] >= 95


def test_the_census_table_becomes_a_row_per_county_sex_and_age(upload: Upload, server: Flask) -> None:
    path = REAL / "population" / "jiangsu_county_census2020.csv"
    narrow = upload(path.name, path.read_bytes(), dataset="population")
    assert "MISSING_COLUMN" in narrow["rules"]
    found = upload(path.name, path.read_bytes(), dataset="population", wide="sex_by_age", period="2020")
    assert (found["state"], found["refused"], found["duplicate"]) == ("held", 0, 0)
    # A second reading, cell by cell: counties only, the nineteen bands of both sexes.
    counted = {"男": 0, "女": 0}
    counties = 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["区划代码"].removesuffix(".0").endswith("00"):
                counties += 1
                for name, cell in row.items():
                    if name.startswith(("男_", "女_")):
                        counted[name[0]] += int(float(cell))
    frame = rows_of(server, found)
    sums = dict(frame.group_by("sex_code").agg(pl.col("resident_count").sum()).iter_rows())
    assert sums == {"male": counted["男"], "female": counted["女"]}
    assert found["accepted"] == counties * 38


def test_compounds_in_bd09_are_moved(upload: Upload, server: Flask) -> None:
    path = REAL / "poi" / "suzhou_xiaoqu" / "suzhou_community_bd09.csv"
    found = upload(path.name, path.read_bytes(), dataset="residential_compound", crs="BD-09")
    assert (found["delivered"], adds_up(found)) == (2837, True)
    assert found["accepted"] > 2700
    assert found["duplicate"] == 4
    frame = rows_of(server, found)
    sent = pl.read_csv(path).select(pl.col("name").alias("compound_name"), "lng", pl.col("lat").alias("lat_sent"))
    moved = frame.join(sent.unique("compound_name"), on="compound_name")
    assert 0.009 < float((moved["lng"] - moved["lon"]).median()) < 0.013


def test_yearbook_tables_of_several_years_and_of_one(upload: Upload, server: Flask) -> None:
    path = REAL / "yearbook" / "jiangsu_city_gdp_2018_2015.csv"
    said = {"dataset": "regional_statistic", "wide": "yearbook_gdp"}
    found = upload(path.name, path.read_bytes(), fill=["source=江苏统计年鉴2019"], **said)
    # The province and thirteen cities, two years, GDP and GDP per capita.
    assert (found["delivered"], found["refused"]) == (14 * 4, 0)
    frame = rows_of(server, found)
    assert set(frame["year"]) == {2015, 2018}
    total = frame.filter((pl.col("measure_code") == "gdp") & (pl.col("year") == 2018))
    province, cities = (
        total.filter((pl.col("region_code") == "320000") == whole)["value"].sum() for whole in (True, False)
    )
    # The cities of 2018 do not add up to the province as it was printed: the check of sums reports it.
    assert province == pytest.approx(92595.40)
    assert abs(cities - province) > 100
    path = REAL / "yearbook" / "jiangsu_city_gdp_2022.csv"
    one = upload(path.name, path.read_bytes(), fill=["source=江苏统计年鉴2023", "year=2022"], **said)
    assert one["refused"] == 0
    assert set(rows_of(server, one)["measure_code"]) == {"gdp", "gdp_per_capita"}


def test_what_an_analyst_sent_another_account_approves(upload: Upload, server: Flask) -> None:
    path = REAL / "yearbook" / "jiangsu_city_gdp_2021_partial.csv"
    said = {"dataset": "regional_statistic", "wide": "yearbook_gdp"}
    found = upload(path.name, path.read_bytes(), fill=["source=统计公报2021", "year=2021"], **said)
    assert found["state"] == "held"
    assert approve(server.extensions["ledger"], found["delivery"], "f" * 32, "judge").state == "accepted"
