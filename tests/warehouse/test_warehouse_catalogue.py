"""The catalogue: made from contracts and the build (warehouse.meta), lineage (warehouse.lineage), questions to it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from access.policy import warming_scope
from kernel.errors import AccessDenied, NoSnapshot, UsageError
from kernel.scope import GrantedScope
from warehouse import contract as contract_module
from warehouse import lineage, steps
from warehouse.build import run
from warehouse.build.digest import frame_digest
from warehouse.contract import contracts
from warehouse.lineage import LONGEST_SQL, Edge, step_edges
from warehouse.manifest import meta_names, read_manifest, snapshot_dir
from warehouse.meta._facts import BuildFacts, meta_tables
from warehouse.publish import publish
from warehouse.queries import _run, catalogue
from warehouse.snapshot import open_snapshot, open_store
from warehouse.steps import Step, discover, missing_from

SCOPE = warming_scope()
COLUMNS = {"core.a": ("id", "x", "y"), "core.b": ("id", "z")}


def sql_step(sql: str, reads: tuple[str, ...] = ("core.a", "core.b")) -> Step:
    return Step("marts.m", reads, sql, None, ("id",), "open", None, "", Path("m.sql"))


def found(step: Step, made: tuple[str, ...] | None = None) -> set[tuple[str, str, str, str, str | None]]:
    edges, _ = step_edges(step, COLUMNS, made)
    return {(e.source_table, e.source_column, e.target_column, e.how, e.expression) for e in edges if e.target_column}


def test_columns_are_followed_through_ctes_joins_and_expressions() -> None:
    step = sql_step(
        "with l as (select id, x + 1 as up from core.a), r as (select id, z from core.b),"
        " final as (select l.id, l.up * r.z as product, count(*) as n from l join r on l.id = r.id group by all)"
        " select * from final"
    )
    edges, made = step_edges(step, COLUMNS)
    assert Edge("core.a", None, "marts.m", None, "table", None) in edges
    assert found(step) == {
        ("core.a", "id", "id", "sql", None),
        ("core.a", "x", "product", "sql", "l.up * r.z"),
        ("core.b", "z", "product", "sql", "l.up * r.z"),
    }
    assert set(made) >= {"id", "product"}


@pytest.mark.parametrize("name", ["staging.stg_club", "core.club", "core.code_list", "core.plan_item"])
def test_plain_statements_are_followed_like_all_others(name: str, monkeypatch) -> None:
    step = discover()[name]
    source = step.reads[0]
    columns = {source: tuple(contracts()[source.split(".")[1].removeprefix("stg_")].schema)}
    plain = lineage.plain_edges(step.name, step.sql)
    monkeypatch.setattr(lineage, "plain_edges", lambda *_: None)
    followed = lineage._sql_edges.__wrapped__(step.name, step.sql, tuple(columns.items()))
    assert plain is not None
    assert plain == followed


@pytest.mark.parametrize(
    "sql",
    [
        "with final as (select a, b + 1 as b from core.x) select * from final",
        "with final as (select x.a from core.x as x inner join core.y as y on x.a = y.a) select * from final",
        "with y as (select a from core.x), final as (select a from y) select * from final",
        "with final as (select a from core.x) select a from final",
        "with final as (select a from core.x) select * from final where a > 1",
        "with final as (select * from core.x) select * from final",
        "with final as (select a from core.x union all select a from core.y) select * from final",
        "select a from core.x",
    ],
)
def test_what_is_more_than_plain_is_not_taken_for_it(sql: str) -> None:
    assert lineage.plain_edges("core.z", sql) is None


def test_a_query_that_calls_itself_and_a_star_are_followed() -> None:
    recursive = sql_step(
        "with recursive up as (select id, x from core.a union all select up.id, a.y as x from up join core.a as a"
        " on up.x = a.id), final as (select * from up) select * from final",
        ("core.a",),
    )
    assert {("core.a", "x", "x"), ("core.a", "y", "x"), ("core.a", "id", "id")} <= {
        part[:3] for part in found(recursive)
    }


def test_python_steps_are_told_by_name_and_say_so() -> None:
    step = replace(sql_step(""), sql=None, function=dict)
    assert found(step, ("id", "z", "new")) == {
        ("core.a", "id", "id", "by_name", None),
        ("core.b", "id", "id", "by_name", None),
        ("core.b", "z", "z", "by_name", None),
    }


def test_sql_that_cannot_be_followed_falls_back_to_names(monkeypatch) -> None:
    from sqlglot import lineage
    from sqlglot.errors import SqlglotError

    def fails(*values: object, **named: object) -> None:
        raise SqlglotError("no")

    monkeypatch.setattr(lineage, "lineage", fails)
    assert ("core.a", "x", "x", "by_name", None) in found(
        sql_step("with final as (select x from core.a) select x from final")
    )


def test_a_statement_written_from_all_contracts_is_followed_by_table_only() -> None:
    long = sql_step("with final as (select id from core.a) select * from final -- " + "x" * LONGEST_SQL)
    edges, made = step_edges(long, COLUMNS, ("id",))
    assert {edge.how for edge in edges} == {"table"}
    assert made == ("id",)


def test_every_served_column_of_the_build_comes_from_somewhere(published) -> None:
    """Whatever SQL copies keeps its name, so each column of a core table in SQL has an edge from its staging view."""
    with _run.reading_from(open_store(published)):
        edges = catalogue.lineage(SCOPE)
        manifest = _run.manifest()
    reads = {(read.replace("claims.", "curated."), step.name) for step in discover().values() for read in step.reads}
    assert set(edges.filter(pl.col("how") == "table").select("source_table", "target_table").rows()) == reads
    for name, step in discover().items():
        if step.layer == "core" and step.sql is not None and "staging.stg_" + name.removeprefix("core.") in step.reads:
            into = set(
                edges.filter((pl.col("target_table") == name) & pl.col("target_column").is_not_null())["target_column"]
            )
            assert into, name
            assert into <= set(manifest["tables"][name]["columns"]), name
    known = {f"curated.{dataset}" for dataset in contracts()} | set(discover())
    strangers = (set(edges["source_table"]) | set(edges["target_table"])) - known
    assert {name for name in strangers if not name.startswith("ledger.")} == set()


def test_the_lineage_of_a_dataset_holds_what_is_made_from_it_and_nothing_beside(published) -> None:
    with _run.reading_from(open_store(published)):
        edges = catalogue.lineage(SCOPE, "venue")
        shown = catalogue.shown_in(SCOPE, "venue")
        assert (
            catalogue.lineage(SCOPE, "core.venue").height > edges.filter(pl.col("source_table") == "core.venue").height
        )
    assert {"core.venue", "marts.mart_venue_region", "arrays.map_tile"} <= set(shown)
    assert "curated.holiday" not in set(edges["source_table"])
    named = edges.filter((pl.col("target_table") == "marts.mart_venue_region") & (pl.col("target_column") == "area_m2"))
    assert named.select("source_table", "source_column", "how").rows() == [("core.venue", "area_m2", "sql")]


def test_the_catalogue_is_the_contracts_and_the_ledger(published) -> None:
    with _run.reading_from(open_store(published)):
        listed, columns = catalogue.datasets(SCOPE), catalogue.columns(SCOPE)
        batches = catalogue.batches(SCOPE, "venue")
        venue_rules = catalogue.rules(SCOPE, "club")
    assert listed["dataset"].to_list() == list(contracts())
    for dataset, contract in contracts().items():
        own = columns.filter(pl.col("dataset") == dataset)
        assert own["column_name"].to_list() == list(contract.column_names)
        assert own["level"].to_list() == [contract.level_of(name) for name in contract.column_names]
        is_secret = own["level"].is_in(["general_3", "general_4", "important"])
        assert own["is_sensitive"].to_list() == is_secret.to_list()
        assert own["is_personal"].any() == (is_secret.any() and contract.sensitivity in ("personal", "sensitive"))
    venue = listed.row(by_predicate=pl.col("dataset") == "venue", named=True)
    assert (venue["row_count"], venue["batch_count"], venue["state"], venue["is_demo"]) == (5, 1, "current", False)
    assert batches["accepted_count"].to_list() == [5]
    club = listed.row(by_predicate=pl.col("dataset") == "club", named=True)
    assert (club["state"], club["origin"], club["row_count"]) == ("missing", None, 0)
    assert set(venue_rules["rule_name"]) == {rule.name for rule in contracts()["club"].rules}


def test_what_is_older_than_cadence_and_grace_is_late(published, monkeypatch) -> None:
    from datetime import timedelta

    from kernel import clock

    later = clock.now() + timedelta(days=3_000)
    monkeypatch.setattr(catalogue, "now", lambda: later)
    with _run.reading_from(open_store(published)):
        states = dict(catalogue.datasets(SCOPE).select("dataset", "state").iter_rows())
    assert states["venue"] == "late"
    assert states["code_list"] == "undated"


def test_sample_rows_come_by_right_and_hide_persons(published, monkeypatch) -> None:
    city = GrantedScope("a", "data_officer", frozenset({"110000"}), "internal", frozenset())
    public = GrantedScope("a", "administrator", frozenset(), "open", frozenset())
    with _run.reading_from(open_store(published)):
        whole = catalogue.sample(SCOPE, "venue")
        assert whole.frame.height == 5
        assert "足球场" in whole.frame["venue_name"].to_list()
        assert catalogue.sample(city, "venue").refusal == "no_rows"
        assert catalogue.sample(public, "population_cell").refusal == "not_covered"
        assert catalogue.sample(SCOPE, "nothing").refusal == "no_table"
        with pytest.raises(AccessDenied):
            _run.head("core.population_cell", ["cell_id"], public, 3)
        with pytest.raises(UsageError):
            _run.head("core.venue", ['x" from core.region --'], SCOPE, 3)
        terms = catalogue.columns(SCOPE, "venue").with_columns(
            is_sensitive=pl.col("column_name").is_in(["venue_name", "area_m2"])
        )
        monkeypatch.setattr(catalogue, "columns", lambda *_: terms)
        hidden = catalogue.sample(SCOPE, "venue")
    assert set(hidden.masked) == {"venue_name", "area_m2"}
    assert "足**" in hidden.frame["venue_name"].to_list()
    assert not {"足球场", "篮球场"} & set(hidden.frame["venue_name"].to_list())


def test_what_arrived_when_does_not_tell_builds_apart_but_a_contract_does() -> None:
    facts = BuildFacts(contracts(), (), (), {})
    changed = {**contracts(), "club": replace(contracts()["club"], owner="somebody else")}
    for name, table in meta_tables().items():
        frame = table.make(facts)
        assert set(table.passing) <= set(frame.columns)
        assert frame_digest(frame.drop(table.passing)) == frame_digest(table.make(facts).drop(table.passing)), name
    make = meta_tables()["catalogue_dataset"].make
    assert frame_digest(make(facts)) != frame_digest(make(replace(facts, contracts=changed)))


def test_a_snapshot_of_an_earlier_version_lacks_the_catalogue_and_says_so(published) -> None:
    manifest = read_manifest(published, sorted(path.name for path in (published.data_dir / "warehouse").glob("0*"))[-1])
    assert missing_from(manifest) == []
    old = {key: value for key, value in manifest.items() if key != "meta"}
    assert meta_names(old) == ("build", "dataset")
    assert "meta.lineage" in missing_from(old)
    snapshot = open_snapshot(published, manifest["build_id"])
    snapshot.manifest = old
    with pytest.raises(NoSnapshot):
        snapshot.level_of(frozenset({"meta.lineage"}))


@pytest.fixture
def drop_column(monkeypatch):
    """Return a function that takes a column out of a contract and of the SQL of its dataset, as an edit would."""

    def forget() -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith("warehouse.") and not name.startswith("warehouse.queries"):
                for value in list(vars(module).values()):
                    getattr(value, "cache_clear", lambda: None)()

    def drop(dataset: str, column: str) -> None:
        parse, make = contract_module.parse_contract, steps._sql_step
        own = {f"staging.stg_{dataset}", f"core.{dataset}"}

        def parsed(name: str, text: str, **named: bool):
            contract = parse(name, text, **named)
            kept = tuple(found for found in contract.columns if found.name != column)
            return replace(contract, columns=kept) if name == dataset else contract

        def made(file: Path, layer: str) -> Step:
            step = make(file, layer)
            return replace(step, sql=step.sql.replace(f"        {column},\n", "")) if step.name in own else step

        monkeypatch.setattr(contract_module, "parse_contract", parsed)
        monkeypatch.setattr(steps, "_sql_step", made)
        forget()

    yield drop
    monkeypatch.undo()
    forget()


def test_a_column_dropped_from_a_contract_is_gone_after_one_build(published, drop_column) -> None:
    from reports.catalogue import data_catalogue
    from reports.export import Asked

    def dictionary() -> str:
        asked = Asked(SCOPE, "zh", {"dataset": "club"}, "/api/export/data_catalogue.xlsx", "xlsx", None)
        return str([table.rows for table in data_catalogue.make(asked).tables])

    with _run.reading_from(open_store(published)):
        before = _run.manifest()
        assert "member_count" in dictionary()
    drop_column("club", "member_count")
    built = run.build(published)
    assert built.content_hash != before["content_hash"]
    publish(published, built.build_id)
    with _run.reading_from(open_store(published)):
        assert "member_count" not in catalogue.columns(SCOPE, "club")["column_name"].to_list()
        assert "member_count" not in str(catalogue.lineage(SCOPE, "club").rows())
        assert "member_count" not in dictionary()
    file = snapshot_dir(published, built.build_id) / "open.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        held = connection.execute("select column_name from duckdb_columns() where table_name = 'club'").fetchall()
        assert ("member_count",) not in held
        assert ("club_name",) in held
