"""Where a file's figures come from, and what its parts say."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
import shapely

from reports.content import Classes, Column, Table, shapes_of
from reports.provenance import provenance
from tests.reports.sample import content, source
from warehouse.queries import _run
from warehouse.queries.provenance import build_record


def test_demo_data_are_marked_in_both_languages() -> None:
    assert source().is_demo
    assert dict(source().lines())["标记"].startswith("演示数据：")
    assert dict(source(lang="en").lines())["Mark"].startswith("Demo data: ")
    assert source().source_line().startswith("演示数据 · 来源：体育场地、行政区划 2020；数据版本 000007-abc")
    delivered = source("delivered")
    assert not delivered.is_demo
    assert "标记" not in dict(delivered.lines())
    assert delivered.as_dict()["mark"] == ""


@pytest.mark.usefixtures("served_town")
def test_the_record_is_the_manifest_and_names_only_what_is_used() -> None:
    manifest = _run.manifest()
    found = provenance("zh", "/api/export/a.xlsx", ("venue", "street", "no such"))
    assert found.build.build_id == manifest["build_id"]
    assert found.build.content_hash == manifest["content_hash"]
    assert [dataset.code for dataset in found.build.datasets] == ["street", "venue"]
    assert {dataset.code for dataset in build_record().datasets} == set(manifest["datasets"])
    assert [dataset.row_count for dataset in found.build.datasets] == [
        manifest["datasets"][code]["row_count"] for code in ("street", "venue")
    ]
    assert not found.is_demo
    assert found.product == "体育一张图"
    assert found.created_at.endswith("Z")


def test_classes_place_values_and_leave_out_what_has_none() -> None:
    classes = Classes("a", ("x", "y", "z"), ("1", "2", "3"), limits=(0.5, 1.0))
    assert [classes.class_of(value) for value in (0.0, 0.5, 0.99, 1.0, 9)] == [0, 1, 1, 2, 2]
    assert classes.class_of(None) is None
    assert classes.class_of(math.nan) is None
    named = Classes("a", ("x", "y"), ("1", "2"), values=("new", "old"))
    assert [named.class_of(value) for value in ("old", "new", "other")] == [1, 0, None]


def test_a_table_takes_the_columns_of_a_frame_in_its_own_order() -> None:
    frame = pl.DataFrame({"b": [1, 2], "a": ["x", "y"], "c": [0, 0]})
    table = Table.of("t", (Column("a", "A"), Column("b", "B", "count", "m")), frame)
    assert table.rows == [("x", 1), ("y", 2)]
    assert [column.heading for column in table.columns] == ["A", "B (m)"]


def test_rows_and_shapes_are_counted() -> None:
    assert content().row_count == 3 + 7 + 3 + 1 + 2
    assert shapes_of([shapely.Point(0, 0)]).dtype == np.object_
    assert shapes_of([]).shape == (0,)
