"""The what-if bench draws every kind of edit and notices an engine that is wrong."""

from bench import whatif
from geodata.network import Snap


def test_the_bench_measures_every_kind_and_compares(monkeypatch) -> None:
    monkeypatch.setattr(whatif, "EDITS", 60)
    monkeypatch.setattr(whatif, "CHECKED_EVERY", 30)
    monkeypatch.setattr(whatif, "PEER_RUNS", 2)
    ground, counted = whatif.made_up(3_000)
    result = whatif.measure(ground, counted)
    assert result["equal_to_recomputation"]
    assert result["undone_bit_by_bit"]
    assert result["apply"]["count"] == result["undo"]["count"] == 60
    assert len(result["apply"]["by_kind"]) == 6


def test_an_engine_that_forgets_a_step_is_found_out() -> None:
    ground, counted = whatif.made_up(3_000)
    engine = whatif.WhatIfEngine(ground, counted)
    doors = Snap(ground.ways[0].doors.edge[:1], ground.ways[0].doors.offset_cost[:1], ground.ways[0].doors.access_m[:1])
    steps = [whatif.ShutVenue(0), whatif.OpenDoors(ground.owner_count, doors, doors)]
    engine.apply(steps)
    assert whatif.is_equal(engine, ground, counted, steps)
    assert not whatif.is_equal(engine, ground, counted, steps[:1])
