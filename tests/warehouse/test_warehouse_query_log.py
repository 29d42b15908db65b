"""The counter of queries: adds up, waits a minute, loses nothing when the ledger cannot be written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from kernel.settings import load_settings
from ledger import open_ledger
from warehouse.monitor_tables import BUILD_STEPS, QUERY_COUNTS, read_table, record_steps
from warehouse.queries import query_log
from warehouse.queries.query_log import QueryLog


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    from dataclasses import replace

    return open_ledger(replace(load_settings({}), data_dir=tmp_path))


def test_counts_of_a_day_add_up(engine, monkeypatch) -> None:
    monkeypatch.setattr(query_log, "now", lambda: datetime(2026, 10, 30, 17, tzinfo=UTC))
    log = QueryLog()
    log.keep_in(engine)
    for rows, spent in ((10, 2.0), (30, 8.0)):
        log.note("map_region", rows, spent)
    log.flush()
    log.note("map_region", 5, 1.0)
    log.note("venue_card", 1, 1.0)
    log.flush()
    # 17:00 UTC is the next day in China.
    assert read_table(engine, QUERY_COUNTS).rows() == [
        ("2026-10-31", "map_region", 3, 45, 11.0, 8.0),
        ("2026-10-31", "venue_card", 1, 1, 1.0, 1.0),
    ]


def test_nothing_is_written_before_a_minute_has_passed(engine, monkeypatch) -> None:
    clock, started = [0.0], []
    log = QueryLog(lambda: clock[0])
    log.keep_in(engine)

    class Now:
        def __init__(self, target, **_) -> None:
            self.target = target

        def start(self) -> None:
            started.append(clock[0])
            self.target()

    monkeypatch.setattr(query_log.threading, "Thread", Now)
    for second in (1.0, 59.0, 61.0, 62.0, 120.0, 122.0):
        clock[0] = second
        log.note("map_region", 1, 1.0)
    assert started == [61.0, 122.0]
    assert read_table(engine, QUERY_COUNTS)["call_count"].to_list() == [6]


def test_what_cannot_be_written_is_kept(engine, tmp_path: Path) -> None:
    log = QueryLog()
    log.note("map_region", 3, 1.0)
    log.flush()
    log.keep_in(create_engine(f"sqlite:///{tmp_path / 'none' / 'ledger.sqlite'}"))
    log.note("map_region", 4, 2.0)
    log.flush()
    log.keep_in(engine)
    log.flush()
    assert [row[2:] for row in read_table(engine, QUERY_COUNTS).iter_rows()] == [(2, 7, 3.0, 2.0)]


def test_steps_of_a_build_are_written_once(engine) -> None:
    assert read_table(engine, BUILD_STEPS).height == 0
    record_steps(engine, 3, {"core.venue": 1.5, "checks": 2.0})
    record_steps(engine, 3, {"core.venue": 1.0})
    assert read_table(engine, BUILD_STEPS).rows() == [(3, "core.venue", 1.0)]
