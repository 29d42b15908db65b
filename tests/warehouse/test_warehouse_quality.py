"""Quality and contradictions on a handful of rows whose faults are known one by one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from kernel.clock import UTC
from kernel.settings import Settings, load_settings
from warehouse.batches import Batch
from warehouse.build.scratch import Scratch, open_scratch
from warehouse.build.sources import create_sources
from warehouse.checks import freshness, references, sources
from warehouse.checks._evidence import Evidence, Verdict
from warehouse.contract import contract, contracts
from warehouse.curated import create_relation, quarantine_path
from warehouse.delivery import REFUSED_SCHEMA
from warehouse.marts import mart_quality_count
from warehouse.marts._quality_checks import checks_of
from warehouse.marts.mart_quality import months_back, newest_month
from warehouse.marts.mart_quality_failure import dimension_of
from warehouse.marts.mart_quality_reason import KEPT
from warehouse.queries.quality import check_words
from warehouse.steps import discover

A, B, PROVINCE = "320100", "320500", "320000"
MARTS = ("mart_quality_count", "mart_quality_failure", "mart_quality", "mart_quality_reason", "mart_conflict")
GOOD = {
    "club_id": "c0",
    "club_name": "甲",
    "kind_code": "club",
    "region_code": "320102",
    "discipline_code": "football",
    "founded_on": date(2010, 5, 1),
    "member_count": 10,
    "annual_check_year": 2025,
    "annual_check_result": "passed",
    "lon": 118.8,
    "lat": 32.0,
}


def club(**changes) -> dict[str, object]:
    return GOOD | changes


BUREAU = [
    *(club(club_id=f"c{n}", club_name=f"甲{n}") for n in range(16)),
    club(club_id="c16", club_name="乙", discipline_code=None),
    club(club_id="c17", club_name="丙", annual_check_year=None),
    # Equal in everything but the number: one of the two is a twin.
    club(club_id="c18", club_name="丁"),
    club(club_id="c19", club_name="丁"),
    club(club_id="c20", club_name="戊", region_code="320599"),
]
REGISTER = [
    club(club_id="c1", club_name="甲1", annual_check_result="failed"),
    club(club_id="c2", club_name="甲2", member_count=None),
    club(club_id="c3", club_name="另名", annual_check_year=2024),
]
REGIONS = [(PROVINCE, "province", None), (A, "city", PROVINCE), (B, "city", PROVINCE), ("320102", "county", A)]


def batch_of(settings: Settings, dataset: str, number: int, rows: list[dict[str, object]], **facts) -> Batch:
    """Write rows as a curated file and return the batch that stands for it."""
    terms = contract(dataset)
    frame = pl.DataFrame(
        [{**dict.fromkeys(terms.column_names), **row} for row in rows], schema=terms.schema, strict=False
    )
    frame = frame.with_columns(row_number=pl.int_range(2, frame.height + 2, dtype=pl.Int64))
    path = Path("curated") / dataset / f"{dataset}{number}.parquet"
    (settings.data_dir / path).parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(settings.data_dir / path)
    made = {
        "batch_id": f"{dataset}{number}",
        "arrival": number,
        "dataset": dataset,
        "origin": "delivered",
        "publisher": "体育局",
        "licence": "",
        "period": None,
        "file_name": "f",
        "sha256": "",
        "byte_count": 1,
        "options": {},
        "replaces_all": False,
        "state": "accepted",
        "received_at": "2026-10-31T00:00:00Z",
        "delivered_count": frame.height,
        "accepted_count": frame.height,
        "refused_count": 0,
        "duplicate_count": 0,
        "curated_path": str(path),
    }
    return Batch(**(made | facts))


def package(number: int, node: str, period: str, received: datetime | None, refused: int = 0) -> dict[str, object]:
    sent = received or datetime(2026, 1, 1, tzinfo=UTC)
    return {
        "package_id": f"p{number}",
        "from_node": node,
        "to_node": PROVINCE,
        "dataset": "club",
        "period": period,
        "row_count": 10,
        "accepted_count": 10 - refused,
        "rejected_count": refused,
        "sent_at": sent,
        "received_at": received,
        "signature_ok": True,
    }


def log() -> list[dict[str, object]]:
    """Ten months of two cities: one late month in A, one month missing in B; club is due 30 days after the month."""
    rows = []
    for month in range(1, 11):
        end = date(2026, month + 1, 1) - timedelta(days=1)
        for node in (A, B):
            # 16:30 UTC is already the next day in China.
            late = 30 + 1 if (node, month) == (A, 4) else 29
            at = datetime(end.year, end.month, end.day, 16, 30, tzinfo=UTC) + timedelta(days=late)
            if (node, month) != (B, 6):
                rows.append(package(len(rows), node, f"2026-{month:02d}", at, 2 if (node, month) == (A, 9) else 0))
    return rows


def statistic(region: str, value: float, measure: str = "gdp", unit: str = "100m_cny") -> dict[str, object]:
    return {
        "region_code": region,
        "year": 2018,
        "measure_code": measure,
        "value": value,
        "unit": unit,
        "source": "年鉴",
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scratch, list[Batch]]]:
    settings = replace(load_settings({}), data_dir=tmp_path_factory.mktemp("quality"))
    standing = [
        batch_of(
            settings,
            "region",
            1,
            [{"region_code": c, "region_name": c, "level": v, "parent_code": p} for c, v, p in REGIONS],
        ),
        batch_of(settings, "club", 2, BUREAU, refused_count=3, duplicate_count=2, unit_code=A),
        # It arrived before the bureau's, and wins all the same: the contract names it.
        batch_of(settings, "club", 1, REGISTER, publisher="民政部门登记处"),
        batch_of(settings, "exchange_log", 3, log()),
        batch_of(
            settings, "regional_statistic", 4, [statistic(PROVINCE, 100), statistic(A, 70.25), statistic(B, 31.5)]
        ),
    ]
    refused = pl.DataFrame(
        {
            "row_number": [40, 40, 41, 42],
            "rule": ["CODE", "RANGE", "REQUIRED", "CODE"],
            "column": ["kind_code", "lon", "club_name", "kind_code"],
        }
    ).with_columns(pl.lit("").alias(name) for name in ("message", "fix", "raw"))
    path = quarantine_path(settings, standing[1])
    path.parent.mkdir(parents=True)
    refused.cast({"row_number": pl.Int64}).select(list(REFUSED_SCHEMA)).write_parquet(path)
    with open_scratch(settings.data_dir) as scratch:
        for name, terms in contracts().items():
            create_relation(scratch.connection, settings, terms, [one for one in standing if one.dataset == name])
        create_sources(scratch.connection, settings, contracts(), standing)
        steps = discover()
        for name in ("region", "regional_statistic"):
            scratch.run(steps[f"staging.stg_{name}"])
        scratch.connection.execute("create table core.region as select * from staging.stg_region")
        scratch.keys["core.region"] = ("region_code",)
        for name in (*MARTS, "mart_sum_conflict"):
            scratch.run(steps[f"marts.{name}"])
        yield scratch, standing


def rows(built, query: str) -> list[tuple]:
    return built[0].frame(query).rows()


def test_every_fault_is_counted_once_in_its_city_and_month(built) -> None:
    found = rows(
        built,
        "select region_code, month, check_code, failed_count, example_row from marts.mart_quality_count"
        " where dataset = 'club' and month = 'held' and check_code <> 'rows:all' order by region_code, check_code",
    )
    assert found == [
        (A, "held", "empty:annual_check_year", 1, None),
        (A, "held", "empty:discipline_code", 1, None),
        (A, "held", "empty:member_count", 1, None),
        (A, "held", "refused:CODE", 2, 40),
        (A, "held", "refused:REQUIRED", 1, 41),
        (A, "held", "repeated:row", 2, None),
        (A, "held", "rule:check_without_year", 1, 19),
        (A, "held", "twin:row", 1, 21),
        (B, "held", "orphan:region_code", 1, 22),
    ]


def test_the_log_says_what_was_late_missing_and_returned(built) -> None:
    found = rows(
        built,
        "select region_code, month, check_code, failed_count from marts.mart_quality_count"
        " where dataset = 'club' and month <> 'held' and check_code <> 'due:delivery' order by all",
    )
    assert found == [
        (A, "2026-04", "late:delivery", 1),
        (A, "2026-09", "returned:row", 2),
        (B, "2026-06", "missing:delivery", 1),
    ]
    [(due,)] = rows(built, "select sum(failed_count) from marts.mart_quality_count where check_code = 'due:delivery'")
    assert due == 20


def test_what_is_not_due_yet_is_not_missing(built) -> None:
    # As if the log ended with October of one city: the other may still send it.
    cut = "from (select * from curated.exchange_log where period < '2026-10' or from_node = '320100')"
    sql = str(discover()["marts.mart_quality_count"].sql).replace("from curated.exchange_log", cut)
    found = built[0].frame(sql).filter(pl.col("check_code").str.ends_with(":delivery") & (pl.col("month") == "2026-10"))
    assert found.select("region_code", "check_code").rows() == [(A, "due:delivery")]


def test_scores_follow_from_the_counts(built) -> None:
    query = "select * from marts.mart_quality where dataset = 'club' and month = 'held' order by region_code"
    found = {row["region_code"]: row for row in built[0].frame(query).iter_rows(named=True)}
    assert set(found) == {A, B, PROVINCE}
    a = found[A]
    assert a["row_count"] == 20
    # Two refused of twenty-two make the tenth that is worth nothing, nearly; one twin and two repeats of twenty-two.
    assert a["validity"] == pytest.approx(100 * (1 - 2 / 22 / 0.10), abs=1e-3)
    assert a["uniqueness"] == 0
    assert a["consistency"] == 100
    assert found[B]["consistency"] == 0
    assert a["timeliness"] is None
    assert found[PROVINCE]["row_count"] == 21
    assert all(0 <= row[name] <= 100 for row in found.values() for name in ("completeness", "score"))


def test_a_month_of_which_nothing_arrived_is_late_and_has_no_score(built) -> None:
    query = (
        "select score, timeliness, validity from marts.mart_quality"
        " where dataset = 'club' and month = '2026-06' and region_code = '320500'"
    )
    assert rows(built, query) == [(None, 0.0, None)]


def test_reasons_add_up_to_what_is_missing_to_a_hundred(built) -> None:
    query = """
        select count(*), any_value(quality.score), sum(reason.lost_points)
        from marts.mart_quality as quality
        inner join marts.mart_quality_reason as reason
            on quality.dataset = reason.of_dataset and quality.region_code = reason.region_code
        where quality.month = 'year' and quality.dataset in ('club', 'all')
        group by quality.dataset, quality.region_code
    """
    found = rows(built, query)
    assert len(found) >= 4
    for count, score, lost in found:
        # Only the dearest twelve are kept.
        assert score + lost <= 100.01
        assert count == KEPT or score + lost == pytest.approx(100, abs=0.01)


def test_contradictions_name_both_values_both_sources_and_the_rule(built) -> None:
    found = rows(
        built,
        "select key_text, attribute, winning_value, losing_value, winning_source, losing_source, rule_code"
        " from marts.mart_conflict order by all",
    )
    register, bureau = "民政部门登记处", f"体育局 · {A}"
    assert found == [
        ("c1", "annual_check_result", "failed", "passed", register, bureau, "precedence"),
        ("c3", "annual_check_year", "2024", "2025", register, bureau, "precedence"),
        ("c3", "club_name", "另名", "甲3", register, bureau, "precedence"),
    ]
    # What is printed as the rule is what the build does.
    kept = rows(built, "select club_id, annual_check_result, club_name from curated.club where club_id in ('c1', 'c3')")
    assert sorted(kept) == [("c1", "failed", "甲1"), ("c3", "passed", "另名")]


def test_a_printed_whole_stands_beside_the_sum_of_its_parts(built) -> None:
    found = rows(
        built, "select region_code, whole_value, part_sum, difference, part_count from marts.mart_sum_conflict"
    )
    assert found == [(PROVINCE, 100.0, 101.75, 1.75, 2)]


def verdicts(built, check) -> dict[str, Verdict]:
    scratch, standing = built
    steps = [step for name, step in discover().items() if name.startswith("marts.mart_")]
    evidence = Evidence(scratch.frame, steps, standing, contracts(), None)
    return {verdict.name: verdict for verdict in check(evidence)}


def test_checks_warn_and_stop_nothing(built) -> None:
    found = verdicts(built, references.CHECK)
    orphan = found["references:club.region_code"]
    assert not orphan.passed
    assert "1 rows" in orphan.detail
    assert "row 22" in orphan.detail
    assert "references:venue_visit.venue_id" not in found, "what was not delivered cannot be judged"
    sum_found = verdicts(built, sources.CHECK)["sources:sum.gdp.2018.320000"]
    assert "101.75" in sum_found.detail
    assert "100.00" in sum_found.detail
    assert "+1.75" in sum_found.detail
    everything = [found, verdicts(built, sources.CHECK), verdicts(built, freshness.CHECK)]
    assert not any(verdict.stops for part in everything for verdict in part.values())


def test_a_dataset_that_ends_early_is_stale(built) -> None:
    ends = [("lottery_sales", "2026-06"), ("venue_visit", "2026-10"), ("energy", "2026-10")]
    frame = pl.DataFrame(ends, schema=["dataset", "month"], orient="row").sort("month", "dataset")
    steps = [discover()["marts.mart_quality_count"]]
    found = {v.name: v for v in freshness.CHECK(Evidence(lambda _: frame, steps, [], contracts(), None))}
    assert not found["freshness:lottery_sales"].passed
    assert found["freshness:energy"].passed


@pytest.mark.parametrize("dataset", sorted(contracts()))
def test_every_check_of_every_contract_has_a_dimension_and_words(dataset) -> None:
    for check in checks_of(dataset):
        known = dimension_of(dataset, check.code)
        assert (known is None) == (check.kind == "mean")
        code = check.code.replace("mean:", "odd:")
        for lang in ("zh", "en"):
            words = check_words(dataset, code, lang)
            assert words
            assert code not in words


def test_what_nobody_sends_any_more_is_owed_on() -> None:
    """Thirteen months of a dataset that stopped in January, thirty that went on, and six that were a trial."""
    sent = {"event": ("2025-01", 13), "approval": ("2024-01", 30), "budget": ("2025-01", 6)}
    with duckdb.connect() as connection:
        connection.execute("create schema curated")
        connection.execute("create table curated.region as select '320000' as region_code, 'province' as level")
        packages = " union all ".join(
            f"select '{name}' as dataset, '320100' as from_node, strftime(month, '%Y-%m') as period,"
            " month + interval 40 day as received_at, true as signature_ok, 0 as rejected_count from"
            f" (select unnest(generate_series(date '{first}-01', date '{first}-01' + to_months({count - 1}),"
            " interval 1 month)) as month)"
            for name, (first, count) in sent.items()
        )
        connection.execute(f"create table curated.exchange_log as {packages}")
        asked = mart_quality_count._deliveries({name: contract(name) for name in sent})
        found = connection.execute(
            f"select dataset, list(month order by month) from ({asked})"
            " where check_code = 'missing:delivery' group by dataset"
        ).fetchall()
    # The last package came on 11 July 2026; events are due ten days after their month.
    assert found == [("event", ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"])]


def test_months_are_counted_over_the_turn_of_a_year() -> None:
    assert months_back("2026-02", 0, 3) == ["2025-12", "2026-01", "2026-02"]
    assert months_back("2026-02", 3, 1) == ["2025-11"]
    counts = pl.DataFrame(
        {"dataset": ["a", "b", "c"], "month": ["2026-01", "2026-03", "2099-01"], "check_code": ["rows:all"] * 3}
    )
    assert newest_month(counts) == "2026-03"
