"""Generated records of industry and government, at the size of the province, against published figures and laws."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import reference_tables
from warehouse.demo import reference
from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.firms import CLASSES, OUTPUT, VALUE_ADDED, Firms, class_totals, service_share
from warehouse.demo.province import cities_of
from warehouse.demo.records import (
    approval,
    budget,
    consumption,
    enterprise,
    fund_project,
    industry_account,
    lottery_sales,
    market_inspection,
    research_project,
    resource_trade,
    vocational_certificate,
)
from warehouse.demo.world import World

SEED = 1
YEAR, MONTH = 365.25, 365.25 / 12
Made = Callable[[str], pl.DataFrame]
MODULES = {
    "approval": approval,
    "budget": budget,
    "consumption": consumption,
    "enterprise": enterprise,
    "fund_project": fund_project,
    "industry_account": industry_account,
    "lottery_sales": lottery_sales,
    "market_inspection": market_inspection,
    "research_project": research_project,
    "resource_trade": resource_trade,
    "vocational_certificate": vocational_certificate,
}


def new_world(size: str = "province") -> World:
    """Return a world whose people all live at the seat of their county: enough for records, and quickly made."""
    cities = cities_of(size)
    census = reference.census_by_division().filter(pl.col("city_adcode").is_in(list(cities)))
    cells = census.select(
        cell_id="adcode", region_code="adcode", lon="seat_lon_wgs84", lat="seat_lat_wgs84", resident_count="total"
    )
    names = reference_tables.table("cities").filter(pl.col("adcode").is_in(list(cities)))
    region = pl.concat(
        [
            pl.DataFrame({"region_code": ["320000"], "region_name": ["江苏省"], "level": ["province"]}),
            names.select(region_code="adcode", region_name="name_zh", level=pl.lit("city")),
            census.select(region_code="adcode", region_name="name_zh", level=pl.lit("county")),
        ]
    )
    return World(SEED, cities, {"population_cell": cells, "region": region})


@pytest.fixture(scope="module")
def world() -> World:
    world = new_world()
    world.frames = dict(world.frames)
    return world


@pytest.fixture(scope="module")
def made(world: World) -> Made:
    def one(dataset: str) -> pl.DataFrame:
        frames = world.frames
        assert isinstance(frames, dict)
        if dataset not in frames:
            for need in MODULES[dataset].NEEDS:
                if need in MODULES:
                    one(need)
            frames[dataset] = MODULES[dataset].generate(world)
        return frames[dataset]

    return one


def calibration(figure: str, unit: str, year: str) -> float:
    rows = reference.calibration(figure, year).filter(pl.col("unit") == unit)
    return float(rows["value"].item())


def test_accounts_of_cities_and_classes_sum_to_the_published_province_to_the_yuan(made: Made) -> None:
    account = made("industry_account")
    assert account.height == 13 * len(OUTPUT) * len(CLASSES)
    yearly = {
        row[0]: row[1:]
        for row in account.group_by("year").agg(pl.col("output_cny").sum(), pl.col("value_added_cny").sum()).iter_rows()
    }
    for year in ("2021", "2022"):
        published = calibration("省 体育产业总规模", "亿元", year)
        assert yearly[int(year)][0] == round(published * 1e8)
    assert yearly[2020][1] == round(1641.79e8)
    assert yearly[2023][1] == round(2206.8e8)
    assert {year: (round(OUTPUT[year] * 1e8), round(VALUE_ADDED[year] * 1e8)) for year in OUTPUT} == yearly
    totals = account.group_by("year", "industry_code").agg(pl.col("output_cny").sum()).sort("year", "industry_code")
    for year in OUTPUT:
        assert totals.filter(pl.col("year") == year)["output_cny"].to_list() == class_totals(year)[0].tolist()


def test_services_make_67_to_69_pct_of_value_added_and_only_the_newest_account_is_preliminary(made: Made) -> None:
    account = made("industry_account").with_columns(is_service=~pl.col("industry_code").is_in(["09", "11"]))
    share = account.group_by("year").agg(
        share=pl.col("value_added_cny").filter("is_service").sum() / pl.col("value_added_cny").sum(),
        gap=(pl.col("value_added_cny") / pl.col("output_cny")).max(),
    )
    for year, services, gap in share.iter_rows():
        assert services == pytest.approx(service_share(year), abs=1e-6)
        assert 0.669 < services < 0.691
        assert gap <= 1
    assert set(account.filter(pl.col("revision") == "preliminary")["year"]) == {max(OUTPUT)}
    revised = account.filter(pl.col("revision") == "final")
    assert (revised["output_cny"] != revised["preliminary_output_cny"]).mean() > 0.95


def test_a_part_of_the_province_has_the_same_accounts_for_its_cities(made: Made) -> None:
    part = industry_account.generate(new_world("small"))
    whole = made("industry_account").filter(pl.col("region_code").is_in(list(cities_of("small"))))
    keys = ["year", "region_code", "industry_code"]
    columns = [*keys, "output_cny", "value_added_cny"]
    assert part.sort(keys).select(columns).equals(whole.sort(keys).select(columns))


def kaplan_meier(founded: list[date], closed: list[date | None], months: int) -> float:
    """Return the share alive after some months, by the plain definition."""
    lives = sorted(
        ((close or LAST_DAY) - found, close is not None) for found, close in zip(founded, closed, strict=True)
    )
    alive, at_risk = 1.0, len(lives)
    for length, is_death in lives:
        if length.days > months * MONTH:
            break
        if is_death:
            alive *= 1 - 1 / at_risk
        at_risk -= 1
    return alive


def test_about_five_in_eight_units_live_for_three_years_and_2022_was_hard(made: Made) -> None:
    units = made("enterprise")
    recent = units.filter(pl.col("founded_on").dt.year() >= 2016)
    alive = kaplan_meier(recent["founded_on"].to_list(), recent["closed_on"].to_list(), 36)
    assert 0.60 < alive < 0.65
    closed = dict(units["closed_on"].drop_nulls().dt.year().value_counts().iter_rows())
    assert closed[2022] > 1.2 * closed[2021]
    assert closed[2022] > 1.2 * closed[2023]
    assert (units["closed_on"].drop_nulls() > LAST_DAY).sum() == 0


def test_open_units_report_the_share_of_their_class_and_rich_cities_have_more(made: Made, world: World) -> None:
    units = made("enterprise").filter(pl.col("closed_on").is_null())
    by_class = dict(
        units.group_by(pl.col("industry_code").str.slice(0, 2)).agg(pl.col("revenue_cny").sum()).iter_rows()
    )
    for code, total in zip(CLASSES, class_totals(2025)[0], strict=True):
        # Units of this year have not reported yet.
        assert 0.45 * total < by_class[code] <= 0.76 * total
    people = world.counties.group_by("city_code").agg(pl.col("residents").sum())
    per_head = (
        units.group_by(city_code=pl.col("region_code").str.slice(0, 4) + "00")
        .agg(pl.len())
        .join(people, on="city_code")
        .select("city_code", per_head=pl.col("len") / pl.col("residents"))
    )
    share = dict(per_head.iter_rows())
    assert share["320500"] > 1.3 * share["321300"]


@given(
    lives=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 2)), max_size=12),
    asked=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), max_size=8),
)
@settings(max_examples=40, deadline=None)
def test_only_units_of_the_group_that_are_open_on_the_day_are_picked(
    lives: list[tuple[int, int, int]], asked: list[tuple[int, int]]
) -> None:
    lives = sorted(lives, key=lambda life: life[2])
    groups = np.array([life[2] for life in lives], dtype=np.int64)
    zero = np.datetime64("2024-01-01")
    opened = zero + np.array([life[0] for life in lives], dtype=np.int64)
    closed = opened + np.array([life[1] for life in lives], dtype=np.int64)
    bounds = np.searchsorted(groups, np.arange(4))
    firms = Firms(np.arange(len(lives)) + 100, bounds[:-1], bounds[1:], opened, closed)
    group = np.array([item[0] for item in asked], dtype=np.int64)
    day = zero + np.array([item[1] for item in asked], dtype=np.int64)
    picked = firms.pick(group, day, np.random.default_rng(3))
    for place, own, one in zip(picked.tolist(), group, day, strict=True):
        if place < 0:
            # One of few units is found in a dozen draws unless none, or only one of many, was open.
            able = [life for life in range(len(lives)) if groups[life] == own and opened[life] <= one < closed[life]]
            assert len(able) < max(1, (groups == own).sum())
        else:
            assert groups[place - 100] == own
            assert opened[place - 100] <= one < closed[place - 100]


def test_lottery_sales_are_those_of_the_published_years_and_peak_with_tournaments(made: Made) -> None:
    sales = made("lottery_sales")
    row = reference.calibration("省 体育彩票销量", "2019-2023")
    published = dict(enumerate(map(float, row["value"].item().split(" / ")), start=2019))
    year = sales.group_by(pl.col("month").str.slice(0, 4)).agg(pl.col("sales_cny").sum() / 1e8)
    found = {int(key): value for key, value in year.iter_rows()}
    for one in (2022, 2023):
        assert found[one] == pytest.approx(published[one], rel=0.02)
    month = dict(sales.group_by("month").agg(pl.col("guess_cny").sum()).iter_rows())
    assert month["2022-12"] > 1.3 * month["2022-10"]
    assert month["2024-06"] > 1.2 * month["2025-06"]
    assert month["2026-06"] > 1.4 * month["2025-06"]


def test_outlets_open_and_close_and_no_month_lies_outside_their_life(made: Made) -> None:
    sales = made("lottery_sales")
    assert sales.select("outlet_id", "month").is_unique().all()
    assert sales.height <= 800_000
    in_month = sales.group_by("month").len().sort("month")["len"].cast(pl.Int64).to_numpy()
    assert (np.abs(in_month - 8_000) < 400).all()
    lives = sales.group_by("outlet_id").agg(
        first=pl.col("month").min(), last=pl.col("month").max(), months=pl.len(), closed=pl.col("closed_on").last()
    )
    assert (lives["first"] > "2021-11").sum() > 500
    assert lives["closed"].drop_nulls().len() > 500
    by_close = lives.filter(pl.col("closed").is_not_null())
    assert (by_close["last"] == by_close["closed"].dt.strftime("%Y-%m")).all()


def test_planted_outlets_stand_out_from_their_own_past(made: Made, world: World) -> None:
    sales = made("lottery_sales").sort("outlet_id", "month")
    level = pl.col("sales_cny").log()
    beside = sales.with_columns(level=level - level.median().over("month"))
    score = beside.filter(pl.col("level") - pl.col("level").median().over("outlet_id") > 0.9)
    flagged = set(score.select("outlet_id", "month").iter_rows())
    planted = [item for item in world.planted if item.dataset == "lottery_sales" and item.kind == "outlier"]
    assert len(planted) == 48
    seen = [(item.entity, item.started_on.strftime("%Y-%m")) in flagged for item in planted]
    assert np.mean(seen) > 0.9
    # Counties that were struck as a whole are planted, too; few others are flagged.
    struck = {item.region_code for item in world.planted if item.dataset == "lottery_sales"}
    elsewhere = score.filter(~pl.col("region_code").is_in(list(struck)))
    assert elsewhere.height < 20


def test_the_weighted_sample_spends_what_the_survey_found_a_head(made: Made, world: World) -> None:
    rows = made("consumption").with_columns(
        year=pl.col("paid_at").dt.year(), spent=pl.col("paid_cny") * pl.col("sample_weight")
    )
    residents = world.counties["residents"].sum()
    spent = dict(rows.group_by("year").agg(pl.col("spent").sum() / residents).iter_rows())
    assert spent[2023] == pytest.approx(calibration("省 人均体育消费", "元", "2023"), rel=0.01)
    assert spent[2022] < spent[2023] < spent[2024] < spent[2025]
    city = dict(
        rows.filter(pl.col("year") == 2024)
        .group_by(city_code=pl.col("region_code").str.slice(0, 4) + "00")
        .agg(pl.col("spent").sum())
        .join(world.counties.group_by("city_code").agg(pl.col("residents").sum()), on="city_code")
        .select("city_code", pl.col("spent") / pl.col("residents"))
        .iter_rows()
    )
    assert city["320500"] > 1.5 * city["321300"]


def test_a_yuan_of_subsidy_moves_about_four_and_vouchers_come_from_may_to_october(made: Made) -> None:
    rows = made("consumption")
    voucher = rows.filter(pl.col("subsidy_cny") > 0)
    assert 3.7 < voucher["paid_cny"].sum() / voucher["subsidy_cny"].sum() < 4.5
    month = pl.col("paid_at").dt.month()
    share = (
        rows.filter(pl.col("paid_at").dt.year() >= 2022)
        .group_by(month.is_between(5, 10).alias("season"))
        .agg((pl.col("subsidy_cny") > 0).mean())
    )
    share_of = dict(share.iter_rows())
    assert share_of[True] > 4 * share_of[False]
    assert voucher["voucher_code"].null_count() == 0
    assert rows.filter(pl.col("subsidy_cny") == 0)["voucher_code"].drop_nulls().is_empty()


def test_buyers_are_pseudonyms_who_come_back_and_merchants_were_open(made: Made) -> None:
    rows = made("consumption")
    buyers = rows["person_key"].value_counts()["count"]
    assert rows["person_key"].str.contains("^[0-9a-f]{16}$").all()
    assert 2 < buyers.mean() < 10
    assert rows.group_by("person_key").agg(pl.col("age_group").n_unique())["age_group"].max() == 1
    assert rows["merchant_code"].null_count() < 0.02 * rows.height
    joined = rows.join(made("enterprise"), left_on="merchant_code", right_on="enterprise_id")
    day = pl.col("paid_at").dt.date()
    is_open = (pl.col("founded_on") <= day) & (pl.col("closed_on").is_null() | (day < pl.col("closed_on")))
    assert joined.select(is_open.all()).item()
    assert joined.select((pl.col("region_code") == pl.col("region_code_right")).all()).item()


def test_high_risk_sites_are_visited_above_all_in_summer_and_nearly_all_of_them(made: Made) -> None:
    visits, units = made("market_inspection"), made("enterprise")
    risky = pl.col("high_risk_kind").is_not_null()
    by_month = dict(visits.group_by(pl.col("inspected_on").dt.month()).agg(risky.mean()).iter_rows())
    assert by_month[7] > 1.6 * by_month[12]
    closed_late = pl.col("closed_on").is_null() | (pl.col("closed_on") > date(2025, 12, 31))
    sites = units.filter(risky & (pl.col("founded_on") < date(2025, 1, 1)) & closed_late)
    seen = visits.filter(pl.col("inspected_on").dt.year() == 2025)["enterprise_id"].unique()
    assert 0.90 < sites["enterprise_id"].is_in(seen.implode()).mean() < 0.985
    found = pl.col("violation_count") > 0
    rate = dict(visits.group_by(risky).agg(found.mean()).iter_rows())
    assert rate[True] > 1.5 * rate[False]


def test_nine_cases_in_ten_close_within_a_month_or_so_and_a_county_stopped(made: Made, world: World) -> None:
    visits = made("market_inspection")
    days = (visits["closed_on"] - visits["inspected_on"]).dt.total_days()
    assert 20 < days.quantile(0.9) < 40
    assert days.min() >= 1
    stop = next(item for item in world.planted if item.dataset == "market_inspection" and item.kind == "zero")
    county = visits.filter(pl.col("region_code") == stop.region_code)
    assert county.filter(pl.col("inspected_on").is_between(stop.started_on, stop.ended_on)).is_empty()
    assert county.height > 300


def test_projects_of_the_fund_pass_their_stages_in_order_and_nine_in_ten_in_time(made: Made) -> None:
    projects = made("fund_project")
    assert projects.height == 1_500
    stages = fund_project.STAGES
    for earlier, later in pairwise(stages):
        assert (projects[f"{later}_done_on"] >= projects[f"{earlier}_done_on"]).all()
        assert projects.filter(pl.col(f"{earlier}_done_on").is_null())[f"{later}_done_on"].null_count() == (
            projects[f"{earlier}_done_on"].null_count()
        )
    in_time = pl.all_horizontal(
        pl.coalesce(f"{stage}_done_on", pl.lit(LAST_DAY)) <= pl.col(f"{stage}_due_on") for stage in stages
    )
    assert 0.82 < projects.select(in_time.mean()).item() < 0.95
    assert projects.filter(pl.col("stage_done_on").is_not_null())["paid_cny"].sum() == (
        projects.filter(pl.col("stage_done_on").is_not_null())["granted_cny"].sum()
    )
    assert 8 < projects["jobs_count"].sum() / projects["granted_cny"].sum() * 1e6 < 20


def test_deals_follow_listings_and_only_deals_have_amounts(made: Made) -> None:
    deals = made("resource_trade")
    assert 5_000 < deals.height < 7_000
    dealt = deals.filter(pl.col("state") == "dealt")
    assert (dealt["dealt_on"] > dealt["listed_on"]).all()
    assert (dealt["amount_cny"] >= 0.99 * dealt["asked_cny"]).all()
    assert deals.filter(pl.col("state") != "dealt")["amount_cny"].null_count() == deals.height - dealt.height
    assert set(deals["state"]) == {"dealt", "withdrawn", "listed"}


def test_research_finishes_with_papers_and_few_projects_are_overdue(made: Made) -> None:
    projects = made("research_project")
    running = projects.filter(pl.col("state") == "running")
    assert 0.02 < (running["due_on"] < LAST_DAY).mean() < 0.09
    finished = projects.filter(pl.col("state") == "finished")
    assert 1.2 < finished["paper_count"].mean() < 3
    assert 0.3 < (finished["applied_count"] > 0).mean() < 0.5
    assert projects.filter(pl.col("state") != "finished")["finished_on"].drop_nulls().is_empty()
    assert projects["region_code"].value_counts(sort=True)["region_code"][0] == "320100"


def test_skill_is_appraised_at_weekends_and_seven_in_ten_pass(made: Made) -> None:
    rows = made("vocational_certificate")
    assert 0.65 < rows["passed"].mean() < 0.78
    assert (rows["passed"] == (rows["theory_score"] >= 60) & (rows["skill_score"] >= 60)).all()
    assert rows.filter(~pl.col("passed"))["awarded_on"].drop_nulls().is_empty()
    waiting = rows.filter(pl.col("passed") & pl.col("awarded_on").is_null())
    assert waiting["appraised_on"].min() > date(2026, 8, 1)
    assert (rows["appraised_on"].dt.weekday() >= 6).mean() > 0.6
    assert np.corrcoef(rows["theory_score"], rows["skill_score"])[0, 1] == pytest.approx(0.2, abs=0.12)


def test_money_is_spent_late_in_the_year_and_adds_up_but_where_it_was_planted(made: Made, world: World) -> None:
    rows = made("budget").sort("unit_code", "project_code", "month")
    monthly = rows.group_by("month").agg(
        spent=pl.col("executed_cny").sum(), share=pl.col("executed_ytd_cny").sum() / pl.col("budget_cny").sum()
    )
    share = {month: value for month, _, value in monthly.iter_rows()}
    assert all(0.90 < share[f"{year}-12"] < 0.97 for year in (2022, 2023, 2024, 2025))
    assert share["2025-12"] - share["2025-11"] > 2 * (share["2025-07"] - share["2025-06"])
    since = pl.col("executed_cny").cum_sum().over("unit_code", "project_code", pl.col("month").str.slice(0, 4))
    wrong = rows.filter((pl.col("month") >= "2022") & (since != pl.col("executed_ytd_cny")))
    planted = {item.entity for item in world.planted if item.dataset == "budget"}
    assert len(planted) == 6
    assert set(wrong["unit_code"]) == planted
    unit = next(item for item in world.planted if item.dataset == "budget" and item.kind == "unit")
    own = rows.filter((pl.col("unit_code") == unit.entity) & (pl.col("project_code") == "MASS01"))
    typed = own.filter(pl.col("month") == unit.started_on.strftime("%Y-%m"))["budget_cny"].item()
    assert typed == pytest.approx(own["budget_cny"].median() / 1e4, rel=0.5)


def working_days_later(world: World, start: date, count: int) -> date:
    """Return the day that lies a number of working days after another, one day at a time."""
    rests = dict(world.days.select("date", "is_off").iter_rows())
    day = start
    while count:
        day = date.fromordinal(day.toordinal() + 1)
        count -= not rests[day]
    return day


def test_approvals_are_due_after_legal_working_days_and_nearly_all_in_time(made: Made, world: World) -> None:
    cases = made("approval").with_columns(
        due=pl.col("due_at").dt.convert_time_zone("Asia/Shanghai").dt.date(),
        received=pl.col("received_at").dt.convert_time_zone("Asia/Shanghai").dt.date(),
    )
    few = cases.filter((pl.col("kind_code") == "event") & (pl.col("received") < date(2026, 9, 1))).gather_every(900)
    assert few.height > 10
    for received, due in few.select("received", "due").iter_rows():
        assert due == working_days_later(world, received, 10)
    decided = cases.filter(pl.col("decided_at").is_not_null())
    in_time = decided.with_columns(good=pl.col("decided_at") <= pl.col("due_at"))
    yearly = dict(in_time.group_by(pl.col("received").dt.year()).agg(pl.col("good").mean()).iter_rows())
    assert all(0.965 < share < 0.995 for share in yearly.values())
    assert 3.5 < (decided["decided_at"] - decided["received_at"]).dt.total_hours().median() / 24 < 6.5
    backlog = next(item for item in world.planted if item.dataset == "approval" and item.kind == "late")
    assert backlog.region_code is not None
    behind = in_time.filter(
        pl.col("region_code").str.starts_with(backlog.region_code[:4])
        & pl.col("received").is_between(backlog.started_on, backlog.ended_on)
    )
    assert behind["good"].mean() < 0.75


def test_the_same_seed_gives_the_same_rows() -> None:
    first, second = new_world("small"), new_world("small")
    for world in (first, second):
        world.frames = dict(world.frames)
        world.frames["enterprise"] = enterprise.generate(world)
    for module in (approval, budget, fund_project, market_inspection, resource_trade, vocational_certificate):
        assert module.generate(first).equals(module.generate(second)), module.__name__
    assert first.planted == second.planted
