"""Generated records of elite and youth sport: figures that are known, and laws that hold between the datasets."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import polars as pl
import pytest

from analytics.fitness.student_2014 import score_pupils
from tests.warehouse.demo_frames import small
from warehouse import reference_tables
from warehouse.contract import contracts
from warehouse.demo import reference
from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.everything import in_order
from warehouse.demo.grades import GRADES, first_grades
from warehouse.demo.physique import PERFORMANCE, performance, standard
from warehouse.demo.province import cities_of
from warehouse.demo.pupils import draw_youths, sporty_youths
from warehouse.demo.records import (
    anti_doping,
    athlete,
    athlete_test,
    coach,
    competition_result,
    grade_award,
    injury,
    student_fitness,
    training_session,
    wellness,
    youth_club,
    youth_competition,
    youth_training,
)
from warehouse.demo.session_faults import plant_faults
from warehouse.demo.squads import DAY_COUNT, TEAMS, ability_on, competitions, roster, season
from warehouse.demo.training_load import FATIGUE_DAYS, monotony, running_mean
from warehouse.demo.world import World
from warehouse.steps import discover

SEED = 1
MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        anti_doping,
        athlete,
        athlete_test,
        coach,
        competition_result,
        grade_award,
        injury,
        student_fitness,
        training_session,
        wellness,
        youth_club,
        youth_competition,
        youth_training,
    )
}
STRICT = ("general_3", "general_4", "important")
GROUND = ("region", "population", "code_list", "holiday", "population_cell")


def new_world(seed: int = SEED) -> World:
    ground = {name: small(SEED)[name] for name in GROUND}
    lists = reference_tables.code_lists()
    ground["code_list"] = pl.concat([frame.select(lists[0].columns) for frame in lists])
    return World(seed, cities_of("small"), ground)


def made_in(world: World, names: set[str]) -> dict[str, pl.DataFrame]:
    frames = dict(world.frames)
    world.frames = frames
    chosen = {name: module for name, module in MODULES.items() if name in names}
    for name, module in in_order(chosen, set(GROUND)):
        frames[name] = module.generate(world)
    return frames


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def frames(world) -> dict[str, pl.DataFrame]:
    return made_in(world, set(MODULES))


@pytest.fixture(scope="module")
def athletes(world) -> pl.DataFrame:
    return roster(world)


# Athletes and coaches


def test_the_province_has_about_1500_athletes_at_a_time_and_this_part_its_share(world, athletes) -> None:
    for day in (30, 900, DAY_COUNT - 2):
        here = ((athletes["first_day"] <= day) & (athletes["last_day"] >= day)).sum()
        assert here == pytest.approx(world.scaled(1_500), rel=0.12)


def test_one_coach_has_about_eight_athletes(frames) -> None:
    active = frames["athlete"].filter(pl.col("status").is_in(["active", "trial"])).height
    in_office = frames["coach"].filter(pl.col("left_on").is_null()).height
    assert active / in_office == pytest.approx(8, abs=1.2)


def test_the_teams_of_the_code_list_are_those_of_the_demo() -> None:
    lists = pl.concat(frame.select("list_name", "code") for frame in reference_tables.code_lists())
    assert set(lists.filter(pl.col("list_name") == "elite_team")["code"]) == {team.code for team in TEAMS}
    assert {team.discipline for team in TEAMS} <= set(lists.filter(pl.col("list_name") == "discipline")["code"])
    assert set(reference_tables.table("athlete_events")["team_code"]) == {team.code for team in TEAMS}


def test_every_reference_leads_to_an_athlete_who_was_in_the_team(frames, athletes) -> None:
    known = athletes.select("athlete_id", "registered_on", "left_on")
    for name, day in (("training_session", "started_at"), ("wellness", "date"), ("athlete_test", "tested_on")):
        rows = frames[name].select("athlete_id", day=pl.col(day).cast(pl.Date))
        joined = rows.join(known, on="athlete_id", how="left")
        assert joined["registered_on"].null_count() == 0
        assert joined.filter((pl.col("day") < pl.col("registered_on")) | (pl.col("day") > pl.col("left_on"))).is_empty()
    assert set(frames["athlete"]["coach_id"].drop_nulls()) <= set(frames["coach"]["coach_id"])


def test_ability_is_best_at_the_peak_of_the_age(athletes) -> None:
    one = athletes.head(1).with_columns(birth_on=pl.lit(date(2000, 1, 1)))
    team = one["team"].to_numpy()
    peak = (date(2000 + TEAMS[team[0]].peak_age, 1, 1) - date(2021, 11, 1)).days
    at = [float(ability_on(one, team, np.array([peak + shift]))[0]) for shift in (-1_500, 0, 1_500)]
    assert at[1] > at[2] > at[0]


# Load and what it does


def test_the_running_mean_equals_a_plain_loop_and_monotony_its_definition() -> None:
    load = np.random.default_rng(3).uniform(0, 900, (2, 60)).astype(np.float32)
    state, share = load[0, :28].mean(), 1 - np.exp(-1 / FATIGUE_DAYS)
    for day in range(60):
        state += (load[0, day] - state) * share
    assert running_mean(load, FATIGUE_DAYS)[0, -1] == pytest.approx(state, rel=1e-4)
    week = load[1, 40:47].astype(float)
    assert monotony(load)[1, 46] == pytest.approx(week.mean() / week.std(), rel=1e-4)


def test_load_falls_before_the_national_games_and_over_spring_festival(world) -> None:
    plan = season(world).mean(axis=0)
    day = (date(2025, 11, 9) - date(2021, 11, 1)).days
    assert plan[day - 7 : day].mean() < 0.75 * plan[day - 49 : day - 21].mean()
    feast = (date(2024, 2, 12) - date(2021, 11, 1)).days
    assert plan[feast : feast + 3].mean() < 0.2 * plan[feast - 28 : feast - 7].mean()
    sundays = plan[6::7].mean()
    assert sundays < 0.15 * plan.mean()


def test_loads_are_rating_times_minutes_and_of_the_size_of_elite_sport(frames) -> None:
    sessions = frames["training_session"]
    done = sessions.filter(pl.col("load_au").is_not_null())
    assert (done["load_au"] - done["rpe"] * done["minutes"]).abs().max() < 1e-9
    weeks = sessions.group_by("athlete_id", pl.col("started_at").dt.truncate("1w")).agg(pl.col("load_au").sum())
    assert 2_000 < weeks["load_au"].median() < 4_500
    assert 0.93 < (sessions["state"] == "done").mean() < 0.98


def test_mornings_follow_the_load_of_the_week_before(frames) -> None:
    sessions = frames["training_session"].select(
        "athlete_id",
        date=pl.col("started_at").dt.offset_by("8h").dt.date(),
        load=pl.col("load_au").fill_null(0).clip(0, 1_800),
    )
    week = (
        sessions.sort("date")
        .rolling("date", period="7d", offset="-7d", closed="left", group_by="athlete_id")
        .agg(pl.col("load").sum().alias("week"))
        .unique(["athlete_id", "date"])
    )
    both = frames["wellness"].join(week, on=["athlete_id", "date"])
    own = [
        (pl.col(name) - pl.col(name).mean().over("athlete_id")).alias(name) for name in ("fatigue", "rmssd_ms", "week")
    ]
    relative = both.select(own).drop_nulls()
    assert relative.select(pl.corr("fatigue", "week")).item() > 0.15
    assert relative.select(pl.corr("rmssd_ms", "week")).item() < -0.1


def test_nobody_trains_as_usual_right_after_an_injury(frames) -> None:
    long = frames["injury"].filter(pl.col("severity_days") >= 20).select("athlete_id", "occurred_on")
    days = frames["training_session"].select("athlete_id", date=pl.col("started_at").dt.offset_by("8h").dt.date())
    days = days.join(frames["wellness"].select("athlete_id").unique(), on="athlete_id", how="semi")
    near = long.join(days, on="athlete_id").with_columns(after=(pl.col("date") - pl.col("occurred_on")).dt.total_days())
    before, after = (near.filter(pl.col("after").is_between(*span)).height for span in ((-10, -1), (1, 10)))
    assert after < 0.35 * before


def test_injuries_of_an_athlete_do_not_overlap(frames) -> None:
    ordered = frames["injury"].sort("athlete_id", "occurred_on")
    again = ordered.filter(pl.col("occurred_on") <= pl.col("returned_on").shift(1).over("athlete_id"))
    assert again.is_empty()
    assert 12 < ordered["severity_days"].mean() < 32


def test_planted_sessions_are_in_the_frame(world, frames) -> None:
    stuck = [item for item in world.planted if item.dataset == "training_session" and item.kind == "stuck"]
    assert stuck
    for item in stuck:
        rows = frames["training_session"].filter(
            (pl.col("athlete_id") == item.entity)
            & pl.col("started_at").dt.offset_by("8h").dt.date().is_between(item.started_on, item.ended_on)
        )
        assert rows["heart_rate_mean_bpm"].drop_nulls().n_unique() == 1
    assert frames["training_session"].filter(pl.col("load_au") == 4_800).height == 4
    assert callable(plant_faults)


# Tests, competitions, grades


def test_tests_carry_the_error_of_their_method_and_the_unit_of_their_item(frames) -> None:
    items = reference_tables.table("athlete_test_items").select("item_code", wanted="unit")
    joined = frames["athlete_test"].join(items, on="item_code", how="left")
    assert joined.filter(pl.col("unit") != pl.col("wanted")).is_empty()
    jumps = frames["athlete_test"].filter(pl.col("item_code") == "cmj").sort("athlete_id", "tested_on")
    change = jumps.select((pl.col("value").diff().over("athlete_id")).alias("change"), "typical_error").drop_nulls()
    # Two tests differ by at least the square root of two typical errors.
    expected = float(change["typical_error"].mean() or 0) * np.sqrt(2)
    assert 0.95 * expected < float(change["change"].std() or 0) < 1.9 * expected


def test_ranks_follow_from_marks_and_no_rank_is_given_twice(frames) -> None:
    single = frames["competition_result"].filter(~pl.col("is_team_event") & pl.col("rank").is_not_null())
    assert single.select("event_id", "rank").is_duplicated().sum() == 0
    runs = single.filter((pl.col("mark_unit") == "s") & (pl.col("mark") > 0)).sort("event_id", "rank")
    worse = runs.select((pl.col("mark") < pl.col("mark").shift(1).over("event_id")).alias("worse"))["worse"]
    # Two marks with a slipped decimal point are planted.
    assert worse.sum() <= 2


def test_titles_at_national_level_are_a_few_dozen_a_year_for_the_whole_province() -> None:
    # Ranks need no ground beyond the counties, and here nobody is ever injured: the whole province is quick to make.
    healthy = injury.generate(World(SEED, cities_of("small"), {})).clear()
    world = World(SEED, cities_of("province"), {"injury": healthy})
    results = competition_result.generate(world).filter(
        pl.col("level_code").is_in(["national", "asian", "world", "olympic"]) & ~pl.col("is_team_event")
    )
    gold = results.filter(pl.col("medal") == "gold").group_by(pl.col("held_on").dt.year()).len().sort("held_on")
    years = dict(gold.iter_rows())
    assert all(20 <= years[year] <= 70 for year in range(2022, 2027)), years


def test_competitions_of_the_games_are_in_the_calendar(world) -> None:
    held = competitions(world)
    assert held.filter(pl.col("name") == "全运会")["team"].n_unique() == len(TEAMS)
    assert held["day"].max() < DAY_COUNT


def test_nobody_is_awarded_a_grade_twice_or_a_lower_one_after_a_higher(frames) -> None:
    order = {code: place for place, code in enumerate(GRADES)}
    awards = frames["grade_award"].with_columns(place=pl.col("grade_code").replace_strict(order, return_dtype=pl.Int64))
    rising = awards.sort("evidence_held_on", "award_id").select(
        (pl.col("place") <= pl.col("place").shift(1).over("person_key")).alias("not_better")
    )
    assert rising["not_better"].sum() == 0
    assert (awards["awarded_on"].dt.weekday() <= 5).all()


def test_awards_of_grade_2_or_better_are_3000_to_5000_a_year_in_the_province(world, frames) -> None:
    awards = frames["grade_award"].filter(pl.col("grade_code") != "grade_3")
    yearly = awards.filter(pl.col("awarded_on").dt.year().is_between(2022, 2025)).height / 4
    assert 3_000 * 0.85 < yearly / world.share < 5_000 * 1.15


def test_young_people_earn_grades_only_in_fields_of_at_least_four(world, frames) -> None:
    sudden = next(i for i in world.planted if i.dataset == "grade_award" and i.kind == "spike")
    fields = frames["youth_competition"].select("person_key", "field_size", evidence_event_id="event_id").drop_nulls()
    awards = frames["grade_award"].filter(pl.col("athlete_id").is_null() & (pl.col("awarded_on") != sudden.started_on))
    joined = awards.join(fields, on=["person_key", "evidence_event_id"])
    assert joined.height > 0.95 * awards.height
    assert joined["field_size"].min() >= 4


@pytest.mark.parametrize("dataset", sorted(MODULES))
def test_what_everybody_may_read_holds_nothing_sensitive(dataset) -> None:
    step = discover()[f"core.{dataset}"]
    sensitive = [c.name for c in contracts()[dataset].columns if contracts()[dataset].level_of(c.name) in STRICT]
    shown = set(re.findall(r"[a-z_]+", step.sql or ""))
    assert step.sensitivity == "restricted" or not shown & set(sensitive)


def test_athletes_hold_at_least_what_they_were_awarded(world, frames, athletes) -> None:
    order = {code: place for place, code in enumerate(GRADES)}
    held = frames["athlete"].select("athlete_id", held=pl.col("grade_code").replace_strict(order, default=-1))
    awarded = frames["grade_award"].filter(pl.col("athlete_id").is_not_null()).join(held, on="athlete_id")
    assert awarded.filter(pl.col("grade_code").replace_strict(order) > pl.col("held")).is_empty()
    assert (first_grades(world, athletes) >= -1).all()


def test_anti_doping_improves_and_never_exceeds_what_is_due(frames) -> None:
    rows = frames["anti_doping"]
    assert rows.height == len(TEAMS) * 60
    assert (rows["education_done_count"] <= rows["education_due_count"]).all()
    yearly = rows.group_by(pl.col("month").str.slice(0, 4).alias("year")).agg(
        (pl.col("education_done_count").sum() / pl.col("education_due_count").sum()).alias("share")
    )
    share = dict(yearly.iter_rows())
    assert 0.8 < share["2022"] < share["2026"] <= 1


# Pupils and young people


def test_scores_are_those_of_the_standard(frames) -> None:
    some = frames["student_fitness"].gather_every(37)
    again = score_pupils(some, standard())
    assert again["total_score"].equals(some["total_score"], check_names=False)
    assert again["result_code"].equals(some["result_code"], check_names=False)


def test_good_or_excellent_rise_from_a_third_to_less_than_a_half(frames) -> None:
    yearly = (
        frames["student_fitness"]
        .group_by(pl.col("tested_on").dt.year().alias("year"))
        .agg(pl.col("result_code").is_in(["excellent", "good"]).mean().alias("share"))
    )
    share = dict(yearly.iter_rows())
    assert 0.28 < share[2021] < share[2025] < 0.55
    assert share[2022] < share[2023] < share[2024] < share[2025]


def test_the_same_pupils_grow_and_keep_their_place(frames) -> None:
    pupils = frames["student_fitness"].sort("person_key", "tested_on")
    grown = pupils.select((pl.col("height_cm").diff().over("person_key")).alias("grown"))["grown"].drop_nulls()
    assert (grown > -2).mean() > 0.99
    two = pupils.filter(pl.col("grade_code").is_in(["P3", "P4"])).pivot(
        "grade_code", index="person_key", values="rope_skipping_count", aggregate_function="first"
    )
    assert two.select(pl.corr("P3", "P4")).item() > 0.5


def test_pupils_tested_after_the_holidays_run_slower(world, frames) -> None:
    primary = frames["student_fitness"].filter((pl.col("grade_code") == "P6") & (pl.col("tested_on").dt.year() > 2021))
    by_month = primary.group_by(pl.col("tested_on").dt.month().alias("month")).agg(
        pl.col("shuttle_run_50m_8_s").mean().alias("seconds")
    )
    seconds = dict(by_month.iter_rows())
    assert seconds[9] > seconds[11]


def test_items_stay_on_the_ladder_and_only_where_a_grade_takes_them() -> None:
    sexes, grades = np.array([0, 1, 1, 0]), np.array([0, 6, 0, 11])
    found = performance("run_1000m_s", sexes, grades, np.zeros(4))
    assert np.isnan(found).tolist() == [True, False, True, True]
    ladder = standard().ladders["run_1000m_s", "male", "J1"]
    assert found[1] == round(ladder.limit_of(60))
    assert set(PERFORMANCE) == {column for parts in standard().weights.values() for column in parts} - {"bmi"}


def test_entries_follow_school_and_rank_within_their_field(frames) -> None:
    entries = frames["youth_competition"]
    by_month = dict(entries.group_by(pl.col("held_on").dt.month().alias("month")).len().iter_rows())
    assert by_month[7] > 5 * by_month.get(2, 0)
    ranked = entries.filter(pl.col("rank").is_not_null())
    assert ranked.select("event_id", "age_group_code", "sex_code", "rank").is_duplicated().sum() == 0
    assert (ranked["rank"] <= ranked["field_size"]).all()
    assert entries.select("event_id", "person_key").drop_nulls().is_duplicated().sum() == 0


def test_young_people_of_the_right_county_and_year_are_drawn(world) -> None:
    youths = sporty_youths(world)
    county, year = np.array([0, 3, 5]), np.array([2010, 2015, 1990])
    rows = youths[draw_youths(world, youths, "test", county, year)]
    assert rows["county_index"].to_list() == [0, 3, 5]
    assert rows["birth_year"].to_list() == [2010, 2015, 2003]


def test_those_who_train_are_met_in_the_leagues_under_the_same_pseudonym(frames) -> None:
    trains, enters = (
        set(frames["youth_training"]["person_key"]),
        set(frames["youth_competition"]["person_key"].drop_nulls()),
    )
    assert len(trains & enters) > 0.5 * len(trains)


def test_attendance_falls_in_exams_and_where_a_drop_is_planted(world, frames) -> None:
    rows = frames["youth_training"].with_columns(
        share=pl.col("done_sessions") / pl.col("planned_sessions"), number=pl.col("month").str.slice(5)
    )
    calm = rows.filter(pl.col("month") > "2023-03")
    by_number = dict(calm.group_by("number").agg(pl.col("share").mean()).iter_rows())
    assert by_number["06"] < by_number["05"] < by_number["07"]
    drop = next(i for i in world.planted if i.dataset == "youth_training" and i.kind == "drop")
    first, last = (day.strftime("%Y-%m") for day in (drop.started_on, drop.ended_on))
    struck = (pl.col("month") >= first) & (pl.col("month") <= last)
    there = calm.filter(struck & (pl.col("region_code") == drop.region_code))["share"].mean()
    assert there < 0.75 * calm.filter(struck & (pl.col("region_code") != drop.region_code))["share"].mean()


def test_football_schools_of_2018_are_as_many_as_suzhou_published() -> None:
    cells = reference.census_by_division().filter(pl.col("city_adcode") == "320500")
    lists = reference_tables.code_lists()
    ground = {
        "population_cell": cells.select(
            cell_id="adcode",
            region_code="adcode",
            lon="seat_lon_wgs84",
            lat="seat_lat_wgs84",
            resident_count="total",
        ),
        "code_list": pl.concat([frame.select(lists[0].columns) for frame in lists]),
    }
    clubs = youth_club.generate(World(SEED, ("320500",), ground))
    standing = clubs.filter(
        (pl.col("kind_code") == "campus_football_school")
        & (pl.col("founded_on") <= date(2018, 12, 31))
        & (pl.col("closed_on").is_null() | (pl.col("closed_on") > date(2018, 12, 31)))
    )
    assert standing.height == 198
    assert clubs["founded_on"].max() <= LAST_DAY


def test_the_same_seed_gives_the_same_records_and_another_one_others(frames) -> None:
    names = {"coach", "anti_doping", "youth_training"}
    again, other = made_in(new_world(), names), made_in(new_world(2), names)
    for name in names:
        assert again[name].equals(frames[name])
        assert not other[name].equals(frames[name])


def test_truth_names_every_dataset_with_planted_faults(world, frames) -> None:
    planted = {item.dataset for item in world.planted}
    assert planted >= {"training_session", "wellness", "athlete_test", "competition_result", "grade_award"}
    assert planted >= {"anti_doping", "student_fitness", "youth_competition", "youth_training"}
    school = next(i for i in world.planted if i.dataset == "student_fitness" and i.kind == "stuck")
    rows = frames["student_fitness"].filter(
        (pl.col("school_code") == school.entity)
        & (pl.col("grade_code") == "P4")
        & pl.col("tested_on").is_between(school.started_on, school.ended_on)
    )
    assert rows["sit_and_reach_cm"].drop_nulls().n_unique() == 1
