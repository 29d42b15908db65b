"""The ledger is hardened: full synchronisation, a log that readers do not wait for, immediate writers."""

import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import ledger
from kernel.settings import load_settings


@pytest.fixture
def settings(tmp_path):
    return load_settings({"SPORTSMAP_DATA": str(tmp_path / "data")})


@pytest.fixture
def engine(settings):
    engine = ledger.open_ledger(settings)
    with engine.begin() as connection:
        connection.execute(text("create table note (word text)"))
    yield engine
    engine.dispose()


def test_pragmas_are_set_on_every_connection(engine):
    for _ in range(2):
        with ledger.for_reading(engine).connect() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"pragma {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
        engine.dispose()


def test_a_reader_sees_the_last_commit_while_somebody_writes(engine):
    with engine.begin() as writer:
        writer.execute(text("insert into note values ('draft')"))
        with ledger.for_reading(engine).connect() as reader:
            assert reader.execute(text("select count(*) from note")).scalar() == 0
    with ledger.for_reading(engine).connect() as reader:
        assert reader.execute(text("select count(*) from note")).scalar() == 1


def test_a_second_writer_waits_for_the_first_and_does_not_fail_half_way(engine, monkeypatch):
    monkeypatch.setattr(ledger, "BUSY_TIMEOUT_MS", 1)
    engine.dispose()
    with engine.begin() as first:
        first.execute(text("insert into note values ('a')"))
        with pytest.raises(OperationalError, match="locked"), engine.begin():
            pytest.fail("the second writer began beside the first")


def test_what_fails_leaves_nothing(engine):
    def two_statements():
        with engine.begin() as connection:
            connection.execute(text("insert into note values ('half')"))
            connection.execute(text("insert into no_such_table values (1)"))

    with pytest.raises(OperationalError):
        two_statements()
    with ledger.for_reading(engine).connect() as reader:
        assert reader.execute(text("select count(*) from note")).scalar() == 0


def test_the_setting_names_another_database(settings, tmp_path):
    other = load_settings({"SPORTSMAP_LEDGER": f"sqlite:///{tmp_path / 'other.db'}"})
    assert ledger.ledger_url(settings).endswith("data/ledger.sqlite")
    ledger.open_ledger(other).connect().close()
    assert sqlite3.connect(tmp_path / "other.db").execute("pragma journal_mode").fetchone() == ("wal",)
