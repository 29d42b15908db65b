"""Who may deliver rows that name no region: placed by venue, by sensor and venue, by position, or not at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import duckdb
import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from kernel.errors import DataRejected
from kernel.settings import Settings, load_settings
from tests.exchange.pair import CITY, ELSEWHERE
from warehouse.apart import Limits, check_apart
from warehouse.batch_history import approve
from warehouse.batches import active, all_batches
from warehouse.contract import Contract, contract, contracts
from warehouse.curated import read_active
from warehouse.delivery import CheckContext, DeliveryOptions
from warehouse.demo.codes import code_list_frame
from warehouse.exchange import area
from warehouse.ingest import check_frame
from warehouse.marts._quality_checks import unit_sql
from warehouse.places import Hop, Route, StandingPlaces, located, regions_of, route_of
from warehouse.receive import Receipt, Sender, context_of, receive, writing_ledger

OWN, OTHER = "320102", ELSEWHERE
OFFICER = Sender(account_id="a" * 32, account_name="officer", unit_code=CITY, area_codes=(CITY,))
# What the province delivered: venue -> region (None: by position), sensor -> venue (w9 was never delivered).
VENUES = {"w1": OWN, "w2": OTHER, "w3": None, "w4": OTHER, "w5": OWN}
SENSORS = {"s1": "w1", "s2": "w2", "s3": "w9", "s4": "w4", "s5": "w5"}
REGION_OF_SENSOR = {"s1": OWN, "s2": OTHER, "s4": OTHER, "s5": OWN}
SHAPES = {
    "320000": shapely.box(118, 31, 121, 33),
    CITY: shapely.box(118, 31, 119, 33),
    OWN: shapely.box(118, 31, 119, 32),
}


def venues(places: dict[str, str | None]) -> str:
    rows = [f"{name},馆{name},C20,{region or ''},118.5,31.5" for name, region in places.items()]
    return "\n".join(["venue_id,venue_name,venue_type_code,region_code,lon,lat", *rows]) + "\n"


def sensors(places: dict[str, str]) -> str:
    rows = [f"{name},{place},{code('sensor_kind')},2025-01-01,118.5,31.5,online" for name, place in places.items()]
    return "\n".join(["sensor_id,venue_id,kind_code,installed_on,lon,lat,status", *rows]) + "\n"


def visits(*names: str) -> str:
    rows = [f"{name},2026-01-01T{hour:02}:00:00+08:00,3,2,5" for hour, name in enumerate(names)]
    return "\n".join(["venue_id,hour_at,entry_count,exit_count,present_count", *rows]) + "\n"


def readings(*names: str) -> pl.DataFrame:
    said = {
        "sensor_id": pl.Series(names, dtype=pl.String),
        "read_at": [f"2026-01-01T00:{n:02}:00Z" for n in range(len(names))],
    }
    return pl.DataFrame(said).with_columns(value=pl.lit("20.5"), unit=pl.lit("celsius"), quality=pl.lit("good"))


def deliver(settings: Settings, dataset: str, text: str, sender: Sender = OFFICER, **given: object) -> Receipt:
    path = settings.data_dir.parent / "sent.csv"
    path.write_text(text, "utf-8")
    return receive(path, [dataset], DeliveryOptions("sent.csv"), settings, sender=sender, **given)[0]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Engine]:
    settings = replace(load_settings({}), data_dir=tmp_path_factory.mktemp("places") / "var")
    assert deliver(settings, "venue", venues(VENUES), Sender()).state == "accepted"
    assert deliver(settings, "sensor", sensors(SENSORS), Sender()).state == "accepted"
    return settings, writing_ledger(settings)


def code(list_name: str) -> str:
    return str(code_list_frame().filter(pl.col("list_name") == list_name)["code"][0])


def rules_of(receipt: Receipt) -> list[str]:
    return [finding.rule for finding in receipt.findings]


def test_every_route_ends_at_a_region_and_follows_what_contracts_require() -> None:
    by_venue = Hop("venue", "venue_id", "region_code")
    assert route_of(contract("venue_visit")) == Route("venue_id", (by_venue,))
    assert route_of(contract("sensor_reading")) == Route(
        "sensor_id", (Hop("sensor", "sensor_id", "venue_id"), by_venue)
    )
    assert route_of(contract("club")) == Route("region_code")
    assert route_of(contract("system_register")) == Route("region_code")
    assert route_of(contract("anti_doping")) is None
    for dataset, terms in contracts().items():
        route = route_of(terms)
        for hop in route.hops if route else ():
            assert contract(hop.dataset).key == (hop.key,), dataset
            assert hop.column in contract(hop.dataset).column_names, dataset
        assert route is None or terms.unit_column or terms.column(route.column).required, dataset


def test_a_route_goes_no_further_than_three_references_and_round_no_circle() -> None:
    terms = replace(
        contract("street"), columns=(replace(contract("sensor").column("sensor_id"), references="no.such"),)
    )
    assert route_of(terms) is None


def test_visits_of_own_venues_count_those_of_others_refuse_the_file(world: tuple[Settings, Engine]) -> None:
    settings, engine = world
    # Little memory: what the libraries reserve without using it must not count, or checks would end at random.
    apart = partial(check_apart, limits=Limits(memory_bytes=400 << 20))
    held = deliver(settings, "venue_visit", visits("w1", "w5"), checker=apart)
    assert (held.state, held.batch.accepted_count, held.batch.unit_code) == ("held", 2, CITY)
    approve(engine, held.batch.batch_id, "b" * 32, "judge")
    foreign = deliver(settings, "venue_visit", visits("w1", "w2"))
    assert (foreign.state, rules_of(foreign), foreign.findings[0].row) == ("rejected", ["SCOPE"], 3)
    assert "venue w2" in foreign.findings[0].message
    assert OTHER not in foreign.findings[0].message
    some = deliver(settings, "venue_visit", visits("w1", "w5", "w1", "nowhere"))
    assert (some.batch.accepted_count, some.batch.refused_count, rules_of(some)) == (3, 1, ["SCOPE_UNKNOWN"])
    assert "venue nowhere is not known" in some.findings[0].message
    # The province itself may deliver what nobody can place, and rows without regions.
    assert deliver(settings, "venue_visit", visits("w2", "nowhere"), Sender()).batch.accepted_count == 2


def test_what_nothing_places_is_left_to_the_province(world: tuple[Settings, Engine]) -> None:
    receipt = deliver(world[0], "standard_register", "standard_id\nx\n")
    assert rules_of(receipt) == ["MISSING_COLUMN"] * len(receipt.findings)
    streets = 'street_id,kind,geometry\ns,street,"LINESTRING (118 31, 118.1 31)"\n'
    receipt = deliver(world[0], "street", streets)
    assert (receipt.state, rules_of(receipt)) == ("rejected", ["SCOPE_PROVINCE"])
    assert contract("street").owner in receipt.findings[0].message


def test_a_sensor_of_another_city_is_not_taken_over(world: tuple[Settings, Engine]) -> None:
    settings, _ = world
    # An account of two areas has no unit, like the province.
    for also, sender in (("s5", OFFICER), ("s1", replace(OFFICER, unit_code=None, area_codes=(CITY, "320200")))):
        receipt = deliver(settings, "sensor", sensors({"s2": "w1", "s3": "w1", also: "w1"}), sender)
        # The venue of s3 is unknown, so it is not known to be the sender's either.
        assert (receipt.batch.accepted_count, rules_of(receipt)) == (1, ["KEY_ELSEWHERE"])


def test_nodes_pack_and_take_what_lies_in_their_area(world: tuple[Settings, Engine]) -> None:
    settings, engine = world
    frame, terms = readings("s1", "s2", "s3", "nothing"), contract("sensor_reading")
    assert area.is_told(terms)
    assert area.inside(frame, terms, CITY, settings, engine).tolist() == [True, False, False, False]
    # Unknown things are nobody's yet: the check refuses these rows one by one.
    assert area.outside(frame, terms, CITY, settings, engine).tolist() == [False, True, False, False]
    assert area.outside(frame.drop("sensor_id"), terms, CITY, settings, engine).all()


@given(
    names=st.lists(st.sampled_from([*SENSORS, "nothing"]), min_size=1, max_size=8),
    at=st.sampled_from([CITY, OTHER, "320000"]),
)
@hypothesis_settings(max_examples=15, deadline=None)
def test_no_row_outside_the_area_of_its_sender_ever_passes(
    world: tuple[Settings, Engine], names: list[str], at: str
) -> None:
    settings, engine = world
    known = StandingPlaces(settings, active(all_batches(engine)), {})
    context = CheckContext(area_codes=(at,), places=known)
    inside = [name for name in names if REGION_OF_SENSOR.get(name, "").startswith(at.rstrip("0"))]
    if any(name in REGION_OF_SENSOR and name not in inside for name in names):
        with pytest.raises(DataRejected, match="SCOPE"):
            check_frame("sensor_reading", readings(*names), context)
        return
    checked = check_frame("sensor_reading", readings(*names), context)
    assert checked.frame["sensor_id"].to_list() == inside
    assert checked.refused["rule"].to_list() == ["SCOPE_UNKNOWN"] * (len(names) - len(inside))


def test_without_known_places_nothing_that_refers_is_let_in() -> None:
    checked = check_frame("sensor_reading", readings("s1", "s2"), CheckContext(area_codes=(CITY,)))
    assert (checked.accepted_count, set(checked.refused["rule"])) == (0, {"SCOPE_UNKNOWN"})


def test_what_names_no_region_is_placed_by_where_it_lies(world: tuple[Settings, Engine]) -> None:
    settings, engine = world
    codes = located(pl.Series([118.5, 118.5, 120.0, 10.0, None]), pl.Series([31.5, 32.5, 32.0, 10.0, 31.5]), SHAPES)
    assert codes.to_list() == [OWN, CITY, "320000", None, None]
    known = StandingPlaces(settings, active(all_batches(engine)), SHAPES)
    assert dict(known("venue_visit", pl.Series(["w3", "w2", "w9", None])).iter_rows()) == {"w3": OWN, "w2": OTHER}
    # A venue without region that lies in another region is as foreign as one that names it.
    frame = pl.DataFrame(
        {"venue_id": ["x"], "venue_name": ["馆"], "venue_type_code": ["C20"], "lon": [118.5], "lat": [31.5]}
    )
    assert check_frame("venue", frame, CheckContext(area_codes=(CITY,), region_shapes=SHAPES)).accepted_count == 1
    with pytest.raises(DataRejected, match="SCOPE"):
        check_frame("venue", frame, CheckContext(area_codes=(OTHER,), region_shapes=SHAPES))


def test_lines_without_region_are_placed_by_their_middle() -> None:
    terms: Contract = replace(contract("street"), unit_column="kind")
    lines = shapely.to_wkb(
        np.array([shapely.LineString([(118.2, 31.2), (118.4, 31.4)]), shapely.LineString([(0, 0), (1, 1)])])
    )
    frame = pl.DataFrame({"kind": pl.Series([None, None], dtype=pl.String), "geometry": list(lines)})
    assert regions_of(frame, terms, None, SHAPES).to_list() == [OWN, None]
    assert regions_of(frame.select("geometry"), terms, None, SHAPES).to_list() == [None, None]


def test_only_what_is_asked_for_is_read(world: tuple[Settings, Engine]) -> None:
    settings, engine = world
    standing = [batch for batch in active(all_batches(engine)) if batch.dataset == "venue"]
    few = read_active(settings, contract("venue"), standing, columns=["venue_id", "lon"])
    assert (few.columns, few.height) == (["venue_id", "lon"], len(VENUES))
    assert context_of(settings, engine).places is not None


def test_quality_counts_a_row_for_the_city_of_what_it_refers_to() -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema curated")
        for table, rows in (
            ("curated.venue (venue_id, region_code)", f"('w1', '{OWN}'), ('w2', '{OTHER}'), ('w3', null)"),
            ("curated.sensor (sensor_id, venue_id)", "('s1', 'w1'), ('s2', 'w2'), ('s3', 'w3'), ('s4', 'w9')"),
            ("told (sensor_id)", "('s1'), ('s2'), ('s3'), ('s4'), ('s5'), (null)"),
        ):
            name, columns = table.split(" ", 1)
            connection.execute(f"create table {name} as from (values {rows}) as known {columns}")
        unit = unit_sql(contract("sensor_reading"), "'320000'")
        found = dict(connection.execute(f"select coalesce(sensor_id, '-'), {unit} from told").fetchall())
    assert found == {"s1": CITY, "s2": "320500", **dict.fromkeys(("s3", "s4", "s5", "-"), "320000")}
    assert unit_sql(contract("anti_doping"), "'320000'") == "'320000'"
