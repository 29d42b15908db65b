"""Generated systems, links, devices, smart venues, safety, projects and standards: coherent, plausible, repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tests.warehouse.infra_world import MODULES, generated
from warehouse import reference_tables
from warehouse.contract import contract
from warehouse.delivery import CheckContext
from warehouse.demo.records import _climate, _phrases, _units, _venues, project_register, sensor
from warehouse.demo.world import World
from warehouse.ingest import check_frame

LAST = date(2026, 10, 31)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    return generated(1)


@pytest.mark.parametrize("dataset", list(MODULES))
def test_rows_have_the_columns_of_their_contract_and_pass_it(world: World, dataset: str) -> None:
    frame = world.frames[dataset]
    assert tuple(frame.columns) == contract(dataset).column_names
    lists: dict[str, set[str]] = {}
    for known in reference_tables.code_lists():
        for name, code in known.select("list_name", "code").iter_rows():
            lists.setdefault(name, set()).add(code)
    few = frame.gather_every(max(1, frame.height // 800))
    found = check_frame(dataset, few, CheckContext(code_lists=lists))
    assert [str(finding) for finding in found.findings] == []
    assert found.accepted_count == few.height
    assert frame.select(pl.struct(contract(dataset).key).n_unique()).item() == frame.height


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(world: World) -> None:
    again = World(1, world.cities, dict(world.frames))
    for name in ("system_register", "sensor_reading", "opinion_post"):
        assert MODULES[name].generate(again).equals(world.frames[name]), name
    other = World(2, world.cities, dict(world.frames))
    assert not sensor.generate(other).equals(world.frames["sensor"])


def test_coverage_grows_to_the_target_of_thirty_per_cent(world: World) -> None:
    public = _venues.public_venues(world).height
    devices = world.frames["sensor"]
    shares = []
    for day in (date(2021, 12, 31), date(2023, 12, 31), date(2025, 12, 31), LAST):
        there = devices.filter(
            (pl.col("installed_on") <= day) & pl.col("retired_on").fill_null(date(2099, 1, 1)).gt(day)
        )
        shares.append(there["venue_id"].n_unique() / public)
    assert shares == sorted(shares)
    assert 0.25 <= shares[2] <= 0.35
    in_use = devices.filter(pl.col("status") != "retired")
    assert 0.92 <= (in_use["status"] == "online").mean() <= 0.98


def test_half_of_the_systems_that_may_move_are_in_the_cloud(world: World) -> None:
    may = world.frames["system_register"].filter(~pl.col("is_exempt"))
    by_day = [
        may.filter(pl.col("went_live_on") <= day)
        .select((pl.col("moved_to_cloud_on") <= day).fill_null(value=False).mean())
        .item()
        for day in (date(2021, 12, 31), date(2025, 12, 31))
    ]
    assert by_day[0] < 0.40 < by_day[1] < 0.65
    assessed = world.frames["system_register"].filter(pl.col("mlps_level") != "1")
    assert 0.6 < (assessed["mlps_valid_until"] >= LAST).sum() / assessed.height < 0.98


def test_readings_are_of_the_last_two_days_and_planted_faults_are_in_them(world: World) -> None:
    readings = world.frames["sensor_reading"]
    assert readings["read_at"].min() == datetime(2026, 10, 29, 16, tzinfo=UTC)
    assert readings["read_at"].max() == datetime(2026, 10, 31, 15, 45, tzinfo=UTC)
    planted = [item for item in world.planted if item.dataset == "sensor_reading"]
    assert {item.kind for item in planted} == {"stuck", "missing", "shift", "spike"}
    for item in planted:
        own = readings.filter(pl.col("sensor_id") == item.entity)["value"].to_numpy()
        if item.kind == "stuck":
            tail = own[-len(own) // 2 :]
            assert np.unique(tail[~np.isnan(tail)]).size == 1
        if item.kind == "missing":
            assert len(own) < 48 * 4


def test_outdoor_temperature_is_that_of_jiangsu(world: World) -> None:
    hourly = _climate.hourly_temperature(world)
    assert hourly.shape == (len(world.cities), world.days.height * 24)
    month = np.repeat(world.days["date"].dt.month().to_numpy(), 24)
    assert 1.0 < hourly[:, month == 1].mean() < 6.0
    assert 26.0 < hourly[:, month == 7].mean() < 30.5
    assert hourly.min() > -14
    assert hourly.max() < 42


def test_energy_follows_weather_and_the_energy_subsystem_saves(world: World) -> None:
    used = world.frames["energy"].with_columns(month=(pl.col("hour_at") + timedelta(hours=8)).dt.month())
    assert used["venue_id"].n_unique() == 6
    assert used.select("venue_id", "hour_at").is_unique().all()
    visits = world.frames["venue_visit"].select("venue_id", "hour_at", "entry_count")
    both = used.join(visits, on=["venue_id", "hour_at"])
    assert both.select(pl.corr("electricity_kwh", "entry_count")).item() > 0.5
    assert 0.1 < both["electricity_kwh"].sum() / both["entry_count"].sum() < 10
    monthly = dict(used.group_by("month").agg(pl.col("electricity_kwh").mean()).iter_rows())
    assert monthly[7] > monthly[5]
    live = world.frames["smart_venue_system"].filter(
        (pl.col("subsystem_code") == "energy") & (pl.col("state") == "live")
    )
    saved = 0
    for venue, day in live.select("venue_id", "went_live_on").iter_rows():
        own = used.filter((pl.col("venue_id") == venue) & (pl.col("hour_at").dt.hour() == 20))
        if own.height:
            until, since = own.filter(pl.col("hour_at").dt.date() < day), own.filter(pl.col("hour_at").dt.date() >= day)
            assert since["electricity_kwh"].median() < until["electricity_kwh"].median()
            saved += 1
    assert saved


def test_smart_venues_have_nine_subsystems_each(world: World) -> None:
    found = world.frames["smart_venue_system"]
    assert set(found.group_by("venue_id").len()["len"]) == {9}
    live = found.group_by("venue_id").agg(live=(pl.col("state") == "live").sum())["live"]
    assert live.max() == 9
    assert live.min() < 5


def test_security_events_belong_to_their_subsystem_and_alarms_become_better(world: World) -> None:
    events = world.frames["security_event"]
    assert events.filter(~pl.col("kind_code").str.starts_with(pl.col("subsystem_code"))).is_empty()
    real = dict(events.group_by(pl.col("occurred_at").dt.year()).agg(pl.col("confirmed").mean()).iter_rows())
    assert real[2022] < real[2026] < 0.8
    newest = events.filter(pl.col("occurred_at") >= datetime(2026, 10, 29, 16, tzinfo=UTC))
    assert 0 < newest["confirmed"].null_count() < newest.height
    burst = next(item for item in world.planted if item.dataset == "security_event")
    kind = burst.note.removeprefix("a burst of ")
    of_kind = events.filter((pl.col("venue_id") == burst.entity) & (pl.col("kind_code") == kind))
    per_day = of_kind.group_by((pl.col("occurred_at") + timedelta(hours=8)).dt.date()).len()
    usual = of_kind.height / world.days.height
    assert per_day.filter(pl.col("occurred_at") == burst.started_on)["len"].sum() > 3 * usual


def test_opinion_bursts_are_of_blame_and_lie_where_they_are_recorded(world: World) -> None:
    posts = world.frames["opinion_post"]
    burst = next(item for item in world.planted if item.dataset == "opinion_post" and item.entity)
    inside = posts.filter(
        (pl.col("region_code") == burst.region_code)
        & (pl.col("posted_at") + timedelta(hours=8)).dt.date().is_between(burst.started_on, burst.ended_on)
    )
    blame = _phrases.PHRASES[str(burst.entity)][1]
    said = inside.filter(pl.any_horizontal(pl.col("text").str.contains(text, literal=True) for text in blame))
    assert said.height > 50
    assert posts["text"].str.len_chars().max() < 80


def test_drills_hazards_and_links_look_like_records_that_people_keep(world: World) -> None:
    drills, hazards, links = (world.frames[name] for name in ("drill", "hazard", "network_link"))
    assert 0.9 < (drills["measured_minutes"] / drills["planned_minutes"]).mean() < 1.3
    assert 0.6 < hazards.select((pl.col("closed_on") <= pl.col("due_on")).mean()).item() < 0.95
    assert hazards["closed_on"].null_count() > 0
    share = links.select((pl.col("used_mbps") / pl.col("bandwidth_mbps")).mean()).item()
    assert 0.2 < share < 0.8
    assert links.group_by("link_id").agg(pl.col("bandwidth_mbps").is_sorted())["bandwidth_mbps"].all()
    outage = next(item for item in world.planted if item.dataset == "network_link")
    own = links.filter(
        (pl.col("link_id") == outage.entity) & pl.col("date").is_between(outage.started_on, outage.ended_on)
    )
    assert own["outage_minutes"].min() >= 700


def test_standards_count_the_units_that_cite_them(world: World) -> None:
    cited = [
        (unit, standard)
        for name in ("system_register", "project_register")
        for unit, standard in world.frames[name].select("unit_code", "standard_cited").iter_rows()
        if standard
    ]
    issued = dict(_units.standards().select("standard_id", "issued_on").iter_rows())
    assert all(issued[standard] for _, standard in cited)
    for standard, count in world.frames["standard_register"].select("standard_id", "adopted_unit_count").iter_rows():
        assert count == len({unit for unit, own in cited if own == standard})


def test_projects_stand_in_the_stage_that_follows_what_is_done(world: World) -> None:
    projects = world.frames["project_register"]
    for row in projects.iter_rows(named=True):
        done = [row[f"{stage}_done_on"] for stage in project_register.STAGES]
        finished = sum(day is not None for day in done)
        assert row["stage"] == project_register.STAGES[min(finished, 3)]
        assert done[:finished] == sorted(done[:finished])
    late = projects.filter(pl.col("stage_done_on").is_null() & (pl.col("stage_due_on") < LAST))
    assert 0 < late.height < projects.height * 0.4
