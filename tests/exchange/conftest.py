"""A city with three packages on their way and a province that trusts it, made once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import now
from tests.exchange.pair import CITY, PROVINCE, Pair, deliver, node, venues
from warehouse.exchange import keys, outbox, records
from warehouse.exchange.inbox import exchange_ledger

PERIODS = ("2026-07", "2026-08", "2026-09")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nodes")
    city, province = node(folder / "city", CITY), node(folder / "province", PROVINCE)
    ours, theirs = exchange_ledger(city), exchange_ledger(province)
    key, answering = keys.make_key(city, ours), keys.make_key(province, theirs)
    keys.trust(theirs, key.line, valid_from=now() - timedelta(days=1))
    keys.trust(ours, answering.line)
    for number, period in enumerate(PERIODS, start=1):
        deliver(city, venues(number), period=period)
        outbox.pack(city, ours)
    ours.dispose()
    theirs.dispose()
    return folder


@pytest.fixture
def pair(made: Path, tmp_path: Path) -> Pair:
    shutil.copytree(made, tmp_path / "nodes")
    city, province = node(tmp_path / "nodes" / "city", CITY), node(tmp_path / "nodes" / "province", PROVINCE)
    return Pair(city, province, exchange_ledger(city), exchange_ledger(province))


@pytest.fixture
def state_of(pair: Pair) -> Callable[[], list[tuple[int, str]]]:
    """Return a function: number and state of what the province knows."""
    return lambda: [(one.sequence, one.state) for one in records.packages(pair.theirs, records.IN)]
