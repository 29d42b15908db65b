from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kernel.settings import Settings
from warehouse import cli
from warehouse.delivery_sheet import file_to_deliver, in_order, read_sheet
from warehouse.demo.codes import holiday_frame
from warehouse.demo.planted import Planted, planted_frame
from warehouse.manifest import build_ids, current_build_id, read_manifest
from warehouse.steps import missing_from


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*words: object) -> tuple[int, dict[str, Any]]:
        code = cli.main([*map(str, words), "--json", "--data", str(settings.data_dir)])
        return code, json.loads(capsys.readouterr().out)

    return command


def test_ingest_builds_and_publishes(run: Any, town: Path, settings: Settings) -> None:
    code, answer = run("ingest", *sorted(town.iterdir()))
    assert code == cli.OK
    assert {(one["dataset"], one["state"], one["accepted_count"]) for one in answer["deliveries"]} == {
        ("street", "accepted", 60),
        ("population_cell", "accepted", 36),
        ("venue", "accepted", 5),
    }
    assert answer["published"] == current_build_id(settings) == answer["build_id"]
    code, again = run("ingest", *sorted(town.iterdir()))
    assert code == cli.OK
    assert {one["state"] for one in again["deliveries"]} == {"duplicate"}
    assert again["published"] == answer["published"]
    assert build_ids(settings) == [answer["published"]]


def test_a_rejected_file_has_its_own_exit_code(run: Any, tmp_path: Path) -> None:
    empty = tmp_path / "venue.csv"
    empty.write_bytes(b"")
    code, answer = run("ingest", empty, "--no-build")
    assert code == cli.REFUSED == 3
    delivery = answer["deliveries"][0]
    assert delivery["state"] == "rejected"
    assert delivery["findings"][0]["file"] == "venue.csv"
    assert delivery["findings"][0]["fix"]


def test_wrong_use(run: Any, tmp_path: Path, town: Path) -> None:
    strange = tmp_path / "strange.csv"
    strange.write_text("a\n1\n")
    for words in (
        ("ingest", tmp_path / "missing.csv"),
        ("ingest", strange),
        ("ingest", town / "venue.csv", "--dataset", "nonsense"),
        ("rollback",),
    ):
        code, answer = run(*words)
        assert (code, answer["error"]["code"]) == (cli.USAGE, "USAGE")
        assert answer["error"]["fix"]
    with pytest.raises(SystemExit) as raised:
        cli.main(["ingest", "x", "--rename", "nothing"])
    assert raised.value.code == cli.USAGE


def test_nothing_there(run: Any) -> None:
    assert run("publish")[0] == cli.NOTHING
    assert run("build")[0] == cli.FAILED


def test_build_check_publish_rollback_doctor(run: Any, town: Path, settings: Settings) -> None:
    assert run("ingest", *sorted(town.iterdir()), "--no-build")[0] == cli.OK
    assert build_ids(settings) == []
    code, checked = run("check")
    assert (code, build_ids(settings)) == (cli.OK, [])
    assert len(checked["checks"]) > 20
    assert run("build")[1]["is_new"]
    assert current_build_id(settings) is None
    code, answer = run("publish")
    assert answer["published"] == current_build_id(settings)
    code, answer = run("doctor")
    assert code == cli.OK
    assert {one["state"] for one in answer["examined"]} == {"ok"}


def test_demo_leaves_own_data_alone(run: Any, town: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_given: object) -> None:
        raise AssertionError("the demo must not be generated")

    monkeypatch.setattr("warehouse.demo.generate", never)
    run("ingest", *sorted(town.iterdir()), "--no-build")
    code, answer = run("demo", "--if-missing")
    assert code == cli.OK
    assert answer["published"] == current_build_id(settings)
    assert run("demo", "--if-missing")[1] == {"exit_code": 0, "published": answer["published"], "is_new": False}


def test_people_read_lines(town: Path, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ingest", *map(str, sorted(town.iterdir())), "--data", str(settings.data_dir)]) == cli.OK
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["venue.csv", "venue", "accepted", "5", "5", "0", "0"] for line in lines)
    assert lines[-1] == f"Published: {current_build_id(settings)}"


SHEET = """
publisher = "某市体育局"
period = "2024"

[[file]]
path = "venue.csv"

[[file]]
path = "regions.csv"
dataset = "region"
crs = "GCJ-02"
publisher = "民政局"
rename = { region_name = "title" }
"""


def test_a_sheet_lists_files_with_regions_first(tmp_path: Path) -> None:
    for name in ("venue.csv", "regions.csv"):
        (tmp_path / name).write_text("x\n")
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(SHEET, "utf-8")
    region, venue = read_sheet(sheet)
    assert (region.datasets, region.options.crs, region.options.rename) == (
        ("region",),
        "GCJ-02",
        {"region_name": "title"},
    )
    assert (region.sender.publisher, venue.sender.publisher) == ("民政局", "某市体育局")
    assert (venue.datasets, venue.sender.period, venue.options.crs) == (("venue",), "2024", None)
    assert in_order([venue, region]) == [region, venue]


@pytest.mark.parametrize(
    ("wanted", "datasets"),
    [
        (None, ("street", "venue", "water")),
        (["population_cell"], ("street", "venue", "water")),
        (["venue"], ("venue",)),
    ],
)
def test_an_osm_extract_feeds_streets_venues_and_water(
    tmp_path: Path, wanted: object, datasets: tuple[str, ...]
) -> None:
    extract = tmp_path / "city.osm.pbf"
    extract.write_bytes(b"x")
    assert file_to_deliver(extract, {"dataset": wanted}).datasets == datasets


def test_a_sheet_with_an_unknown_key_is_refused(tmp_path: Path, run: Any) -> None:
    (tmp_path / "venue.csv").write_text("x\n")
    sheet = tmp_path / "sheet.toml"
    sheet.write_text('[[file]]\npath = "venue.csv"\nlicense = "MIT"\n', "utf-8")
    code, answer = run("ingest", sheet)
    assert code == cli.USAGE
    assert "license" in answer["error"]["message"]


def test_what_an_earlier_version_built_is_built_anew(
    run: Any, published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_id = current_build_id(published)
    assert build_id is not None
    manifest = read_manifest(published, build_id)
    assert missing_from(manifest) == []
    earlier = manifest | {"tables": {k: v for k, v in manifest["tables"].items() if k != "core.venue"}, "arrays": {}}
    assert {"core.venue", "arrays.cell"} <= set(missing_from(earlier))
    assert "build_id" not in run("demo", "--if-missing")[1]
    monkeypatch.setattr(cli, "read_manifest", lambda *_: earlier)
    answer = run("demo", "--if-missing")[1]
    assert answer["published"] == answer["build_id"] == current_build_id(published)


def test_a_demo_of_an_earlier_version_is_generated_anew_as_large_as_it_was(
    run: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def generate(size: str, seed: int, progress: Any) -> Iterator[tuple[str, pl.DataFrame]]:
        asked.append((size, seed))
        day = date(2026, 1, 1)
        yield "demo_anomaly", planted_frame([Planted("event", "drop", None, None, day, day, 0.5, "")])
        yield "holiday", holiday_frame()

    monkeypatch.setattr("warehouse.demo.generate", generate)
    code, first = run("demo", "--size", "small", "--seed", "7")
    assert code == cli.OK
    manifest = read_manifest(settings, first["published"])
    monkeypatch.setattr(cli, "read_manifest", lambda *_: manifest | {"arrays": {}})
    code, _ = run("demo", "--if-missing", "--size", "province")
    assert code == cli.OK
    assert asked == [("small", 7), ("small", 7)]
