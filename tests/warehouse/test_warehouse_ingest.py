"""The law of reconciliation, and frames in memory."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests_delivery import check

from kernel.errors import DataRejected, UsageError
from warehouse.contract import contract
from warehouse.delivery import REFUSED_SCHEMA, CheckContext, DeliveryOptions
from warehouse.ingest import check_delivery, check_frame

Row = dict[str, str]

COLUMNS = ("venue_id", "venue_name", "venue_type_code", "lon", "lat", "region_code", "capacity_count", "status")
CONTEXT = CheckContext(region_outline=shapely.box(118.0, 31.5, 119.5, 32.5), code_lists={"venue_type": {"C20", "C21"}})


def clean(index: int) -> Row:
    values = (f"{index:04d}", f"场地{index}", "C21", "118.7969", "32.0603", "320102", "40", "open")
    return dict(zip(COLUMNS, values, strict=True))


# What is done to a row, and what must become of it.
ACCEPTED: dict[str, Callable[[Row], Row]] = {
    "nothing": lambda row: row,
    "wide digits": lambda row: row | {"capacity_count": "４０"},
    "thousands": lambda row: row | {"capacity_count": "1,234"},
    "blanks": lambda row: row | {"venue_name": f"  {row['venue_name']}\u3000"},
    "empty": lambda row: row | {"capacity_count": "", "status": "", "region_code": " "},
    "word": lambda row: row | {"venue_name": "NA"},
    "formula-like": lambda row: row | {"venue_name": "'=1+1"},
    "code as number": lambda row: row | {"region_code": "320102.0"},
    "just outside": lambda row: row | {"lon": "117.99"},
}
REFUSED: dict[str, Callable[[Row], Row]] = {
    "no key": lambda row: row | {"venue_id": ""},
    "no name": lambda row: row | {"venue_name": " "},
    "short id": lambda row: row | {"venue_id": "3.20102E+17"},
    "bad code": lambda row: row | {"venue_type_code": "Z99"},
    "bad status": lambda row: row | {"status": "Open"},
    "bad number": lambda row: row | {"capacity_count": "12.5亿"},
    "too large": lambda row: row | {"capacity_count": "200001"},
    "negative": lambda row: row | {"capacity_count": "-1"},
    "not a place": lambda row: row | {"lon": "NaN"},
    "huge": lambda row: row | {"lat": "1e308"},
    "exchanged": lambda row: row | {"lon": row["lat"], "lat": row["lon"]},
    "far": lambda row: row | {"lon": "121.5"},
    "short region": lambda row: row | {"region_code": "2012"},
    "damaged": lambda row: row | {"venue_name": "场\ufffd"},
    "long": lambda row: row | {"venue_name": "长" * 121},
    "total": lambda row: row | {"venue_id": "合计"},
}
MUTATIONS = [*ACCEPTED, *REFUSED, "repeat", "clash"]


def build(mutations: list[str]) -> tuple[list[Row], Counter[str]]:
    """Return delivered rows and how many must be accepted, refused and counted as duplicates."""
    rows: list[Row] = []
    expected: Counter[str] = Counter()
    for index, mutation in enumerate(mutations):
        row = clean(index)
        if mutation in ACCEPTED:
            rows.append(ACCEPTED[mutation](row))
            expected["accepted"] += 1
        elif mutation in REFUSED:
            rows.append(REFUSED[mutation](row))
            expected["refused"] += 1
        elif mutation == "repeat":
            rows += [row, row, row]
            expected.update(accepted=1, duplicate=2)
        else:
            rows += [row, row | {"venue_name": "另一个"}, row]
            expected.update(refused=2, duplicate=1)
    return rows, expected


def as_csv(rows: list[Row]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def as_excel(rows: list[Row]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    for row in rows:
        book.active.append([row[name] for name in COLUMNS])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_geojson(rows: list[Row]) -> bytes:
    features = []
    for row in rows:
        properties = {name: row[name] for name in COLUMNS if name not in ("lon", "lat")}
        position = [float(row["lon"]), float(row["lat"])]
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": position}}
        )
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize(
    ("writer", "name", "first", "examples"),
    [(as_csv, "a.csv", 2, 60), (as_excel, "a.xlsx", 2, 20), (as_geojson, "a.geojson", 1, 40)],
)
def test_law_of_reconciliation(writer: Callable[[list[Row]], bytes], name: str, first: int, examples: int) -> None:
    """Accepted, refused and duplicate rows are the delivered ones, each once, and each as a plain reading says."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(mutations=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=25))
    def law(mutations: list[str]) -> None:
        rows, expected = build(mutations)
        with tempfile.TemporaryDirectory() as folder:
            checked = check(Path(folder), writer(rows), name, context=CONTEXT)
        assert checked.delivered_count == len(rows)
        counts = {
            "accepted": checked.accepted_count,
            "refused": checked.refused_count,
            "duplicate": checked.duplicate_count,
        }
        assert counts == {key: expected[key] for key in counts}
        accepted, refused = checked.frame["row_number"].to_list(), checked.refused["row_number"].to_list()
        assert set(accepted).isdisjoint(refused)
        assert set(accepted) | set(refused) <= set(range(first, first + len(rows)))
        assert accepted == sorted(set(accepted))
        assert refused == sorted(set(refused))
        assert checked.frame.schema == pl.Schema(contract("venue").schema)
        assert checked.refused.schema == pl.Schema(REFUSED_SCHEMA)
        assert sum(f.count for f in checked.findings) >= len(refused)
        assert all(isinstance(json.loads(raw), dict) for raw in checked.refused["raw"])

    law()


def reconciled(path: Path, name: str) -> set[str] | None:
    """Return the rules for which a file is refused as a whole; None when its rows are reconciled."""
    try:
        checked = check_delivery("venue", path, DeliveryOptions(name), CONTEXT)
    except DataRejected as rejected:
        return {finding.rule for finding in rejected.findings}
    assert checked.accepted_count + checked.refused_count + checked.duplicate_count == checked.delivered_count
    return None


@given(
    data=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.geojson", "a.xlsx", "a.zip", "a.parquet", "a.pbf"])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused_or_reconciled(data: bytes, name: str) -> None:
    heads = {
        "a.xlsx": b"PK\x03\x04",
        "a.zip": b"PK\x03\x04",
        "a.parquet": b"PAR1",
        "a.pbf": b"\x00\x00\x00\x0dOSMHeader",
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(heads.get(name, b"") + data)
        refused_for = reconciled(path, name)
    assert refused_for is None or refused_for


@given(text=st.text(st.characters(codec="utf-8"), max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_below_a_good_header_is_refused_or_reconciled(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_text(",".join(COLUMNS) + "\n" + text, encoding="utf-8", newline="")
        refused_for = reconciled(path, "a.csv")
    assert refused_for is None or refused_for <= {"QUOTE", "EMPTY_FILE", "ENCODING"}


def test_the_same_file_gives_the_same_answer(tmp_path: Path) -> None:
    rows, _ = build(MUTATIONS * 3)
    first, second = (check(tmp_path, as_csv(rows), context=CONTEXT) for _ in range(2))
    assert first.frame.equals(second.frame)
    assert first.refused.equals(second.refused)
    assert first.findings == second.findings


def cells(count: int) -> pl.DataFrame:
    random = np.random.default_rng(1)
    return pl.DataFrame(
        {
            "cell_id": pl.int_range(count, eager=True).cast(pl.String),
            "lon": random.uniform(118.1, 119.4, count),
            "lat": random.uniform(31.6, 32.4, count),
            "size_m": np.full(count, 100.0),
            "region_code": pl.Series(["320102"]).new_from_index(0, count),
            "resident_count": random.uniform(0, 100, count),
        }
    )


def test_frames_in_memory_run_through_the_same_check() -> None:
    frame = cells(10).with_columns(
        pl.when(pl.col("cell_id") == "3").then(float("nan")).otherwise(pl.col("lon")).alias("lon"),
        pl.when(pl.col("cell_id") == "4").then(-1.0).otherwise(pl.col("resident_count")).alias("resident_count"),
    )
    checked = check_frame("population_cell", frame, CONTEXT)
    assert checked.refused.select("row_number", "rule").rows() == [(4, "COORD"), (5, "RANGE")]
    assert checked.frame["row_number"].to_list() == [1, 2, 3, 6, 7, 8, 9, 10]
    assert checked.frame["lon"].to_list() == [x for i, x in enumerate(frame["lon"].to_list()) if i not in (3, 4)]
    with pytest.raises(DataRejected, match="MISSING_COLUMN"):
        check_frame("population_cell", frame.drop("resident_count"), CONTEXT)
    with pytest.raises(UsageError):
        check_frame("cells", frame, CONTEXT)


def test_streets_in_memory_keep_their_shapes() -> None:
    wkt = ["LINESTRING (118.5 32, 118.6 32.1)", "LINESTRING (118.5 32, NaN 32.1)", "LINESTRING (118.5 32, 118.5 32)"]
    lines = shapely.from_wkt(wkt)
    frame = pl.DataFrame(
        {
            "street_id": ["a", "b", "c", "d", "e"],
            "kind": ["footway", "footway", "steps", "path", "street"],
            "is_walkable": [True, True, True, None, False],
            "geometry": [*shapely.to_wkb(lines).tolist(), b"nonsense", shapely.to_wkb(shapely.Point(118.5, 32))],
        }
    )
    checked = check_frame("street", frame, CONTEXT)
    assert checked.frame["street_id"].to_list() == ["a", "c"]
    assert checked.frame["geometry"].to_list() == [frame["geometry"][0], frame["geometry"][2]]
    assert checked.refused.select("row_number", "rule").rows() == [
        (2, "COORD"),
        (4, "GEOMETRY_TYPE"),
        (5, "GEOMETRY_TYPE"),
    ]


def test_a_province_of_cells_is_checked_in_seconds() -> None:
    frame = cells(1_200_000)
    began = time.process_time()
    checked = check_frame("population_cell", frame, CONTEXT)
    assert checked.accepted_count == 1_200_000
    # About 2 s of processor time on one slow core; the bound is for a loaded machine.
    assert time.process_time() - began < 20.0
