"""Making a server process ready: with a snapshot the engine is there, without one nothing breaks."""

from __future__ import annotations

import pytest

from access.policy import system_scope, warming_scope
from kernel.errors import NoSnapshot
from kernel.settings import Settings
from warehouse.queries import _run, whatif_ground
from warehouse.queries.venue_filter import VenueFilter
from warehouse.queries.warm import warm
from warehouse.snapshot import open_store


def test_the_engine_of_all_venues_is_ready(published: Settings) -> None:
    with _run.reading_from(open_store(published)):
        warm(warming_scope())
        assert (_run.build_id(), VenueFilter()) in whatif_ground._engines


def test_nothing_to_make_ready_is_no_fault(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with _run.reading_from(open_store(published)):
        warm(system_scope())  # reads open data only

    def nothing() -> str:
        raise NoSnapshot("Nothing was published.", fix="Publish.")

    monkeypatch.setattr(_run, "build_id", nothing)
    warm(warming_scope())
