"""Saved scenarios: what a planner tried out, under a name; every save is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from ledger import for_reading
from ledger.saved import INSTANT, LONGEST_NAME, check_count, is_own, need, new_values, saved_columns, title_of

LARGEST_EDITS_BYTES = 200_000
LONGEST_QUERY = 500
# Scenarios of one account that are not deleted; a limit that a person never meets and a program does.
MOST_SCENARIOS = 500
LISTED = 200

METADATA = MetaData()

SCENARIO = Table(
    "scenario",
    METADATA,
    *saved_columns("scenario"),
    Column("is_shared", Boolean, nullable=False, default=False),
    Column("version_count", Integer, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Index("scenario_by_account", "account_id", "sequence"),
)

# One row a save, never changed.
SCENARIO_VERSION = Table(
    "scenario_version",
    METADATA,
    Column("scenario_id", String(32), ForeignKey("scenario.scenario_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("scenario_name", String(LONGEST_NAME), nullable=False),
    Column("edits", Text, nullable=False),
    Column("filter_query", String(LONGEST_QUERY), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("build_id", String(40), nullable=False),
    Column("saved_at", INSTANT, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """A scenario in a list.

    Attributes
    ----------
    scenario_id : str
        32 hexadecimal digits.
    account_id, author_name : str
        Whose it is.
    scenario_name : str
        What the author calls it.
    is_shared : bool
        Whether everybody who plans may read it.
    is_mine : bool
        Whether the reader may change it.
    version_count : int
        How often it was saved.
    edit_count : int
        Edits of the last version.
    build_id : str
        Build that the last version was made on.
    created_at, changed_at : str
        Instants as stored.
    """

    scenario_id: str
    account_id: str
    author_name: str
    scenario_name: str
    is_shared: bool
    is_mine: bool
    version_count: int
    edit_count: int
    build_id: str
    created_at: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One version of a scenario, as it was saved.

    Attributes
    ----------
    entry : ScenarioEntry
        The scenario.
    version : int
        Which save, from 1.
    edits : list
        As ``queries.whatif.read_edits`` takes them.
    filter_query : str
        The choice of venues as part of an address.
    minutes : int
        Size of the circle.
    build_id : str
        Build it was made on; numbers of venues may mean others in another build.
    saved_at : str
        Instant as stored.
    """

    entry: ScenarioEntry
    version: int
    edits: list[dict[str, Any]]
    filter_query: str
    minutes: int
    build_id: str
    saved_at: str


def create_tables(engine: Engine) -> None:
    """Create what is missing; existing tables are left as they are."""
    METADATA.create_all(engine)


def save(
    engine: Engine,
    scope: GrantedScope,
    *,
    name: str,
    edits: list[dict[str, Any]],
    filter_query: str,
    minutes: int,
    build_id: str,
    author_name: str,
    scenario_id: str | None = None,
) -> str:
    """Keep a scenario, or one more version of an own one, and return its id.

    Parameters
    ----------
    engine : Engine
        The ledger.
    scope : GrantedScope
        Whose account saves; it needs ``planning.save``.
    name : str
        At most 60 characters.
    edits : list of dict
        Checked edits as ``analytics.whatif.edit_as_dict`` gives them.
    filter_query : str
        The choice of venues as part of an address.
    minutes : int
        Size of the circle.
    build_id : str
        Build that the figures came from.
    author_name : str
        Name to be shown.
    scenario_id : str, optional
        Scenario that gets the version; a new one without.

    Raises
    ------
    AccessDenied
        When the account may not save.
    WordedError
        When the name is empty or too long, the scenario too large, no own one, or there are too many. Nothing is
        changed then.
    """
    need(scope, "planning.save")
    title, text = title_of(name, "whatif.scenario_name"), _text(edits)
    if len(filter_query) > LONGEST_QUERY:
        raise WordedError("whatif.scenario_too_large")
    instant = as_stored(now())
    with engine.begin() as connection:
        if scenario_id is None:
            own, version = new_values("scenario", scope, title=title, author_name=author_name), 1
            scenario_id = own["scenario_id"]
            check_count(connection, SCENARIO, scope, MOST_SCENARIOS, "whatif.too_many_scenarios")
            connection.execute(
                insert(SCENARIO).values(**own, version_count=version, created_at=instant, changed_at=instant)
            )
        else:
            version = int(_own(connection, scope, scenario_id)["version_count"]) + 1
            changed = connection.execute(
                update(SCENARIO)
                .where(SCENARIO.c.scenario_id == scenario_id, SCENARIO.c.version_count == version - 1)
                .values(scenario_name=title, version_count=version, changed_at=instant)
            )
            if changed.rowcount != 1:
                raise WordedError("whatif.scenario_busy")
        connection.execute(
            insert(SCENARIO_VERSION).values(
                scenario_id=scenario_id,
                version=version,
                scenario_name=title,
                edits=text,
                filter_query=filter_query,
                minutes=minutes,
                build_id=build_id[:40],
                saved_at=instant,
            )
        )
    return scenario_id


def list_for(engine: Engine, scope: GrantedScope) -> list[ScenarioEntry]:
    """Return own and shared scenarios, the one saved last first."""
    need(scope, "planning.view")
    wanted = _readable(scope).order_by(SCENARIO.c.changed_at.desc(), SCENARIO.c.sequence.desc()).limit(LISTED)
    with for_reading(engine).begin() as connection:
        return [_entry(row, scope) for row in connection.execute(wanted).mappings()]


def load(engine: Engine, scope: GrantedScope, scenario_id: str, version: int | None = None) -> Scenario:
    """Return a version of an own or shared scenario, the last one unless another is asked for.

    Raises
    ------
    WordedError
        When there is none; a scenario of others and one that never was are told alike.
    """
    need(scope, "planning.view")
    with for_reading(engine).begin() as connection:
        row = connection.execute(_readable(scope).where(SCENARIO.c.scenario_id == scenario_id)).mappings().first()
        if row is None:
            _not_found()
        wanted = select(SCENARIO_VERSION).where(
            SCENARIO_VERSION.c.scenario_id == scenario_id,
            SCENARIO_VERSION.c.version == (row["version_count"] if version is None else version),
        )
        found = connection.execute(wanted).mappings().first()
        if found is None:
            _not_found()
    return Scenario(
        _entry(row, scope),
        found["version"],
        json.loads(found["edits"]),
        found["filter_query"],
        found["minutes"],
        found["build_id"],
        found["saved_at"],
    )


def rename(engine: Engine, scope: GrantedScope, scenario_id: str, name: str) -> None:
    """Give an own scenario another name; what was saved keeps the name of its time.

    Raises
    ------
    WordedError
        When the name is empty or too long, or there is no such scenario of this account.
    """
    _change(engine, scope, scenario_id, scenario_name=title_of(name, "whatif.scenario_name"))


def share(engine: Engine, scope: GrantedScope, scenario_id: str, *, is_shared: bool) -> None:
    """Show an own scenario to everybody who plans, or hide it again.

    Raises
    ------
    WordedError
        When there is no such scenario of this account.

    Notes
    -----
    A scenario holds edits, no figures: whoever opens it sees the figures of their own area.
    """
    _change(engine, scope, scenario_id, is_shared=is_shared)


def delete(engine: Engine, scope: GrantedScope, scenario_id: str) -> None:
    """Take an own scenario out of all lists; its versions stay in the ledger.

    Raises
    ------
    WordedError
        When there is no such scenario of this account.
    """
    _change(engine, scope, scenario_id, is_deleted=True)


def _change(engine: Engine, scope: GrantedScope, scenario_id: str, **values: Any) -> None:
    need(scope, "planning.save")
    with engine.begin() as connection:
        _own(connection, scope, scenario_id)
        connection.execute(update(SCENARIO).where(SCENARIO.c.scenario_id == scenario_id).values(**values))


def _own(connection: Connection, scope: GrantedScope, scenario_id: str) -> RowMapping:
    """Return the row of an own scenario."""
    wanted = select(SCENARIO).where(is_own(SCENARIO, "scenario", scope, scenario_id))
    row = connection.execute(wanted).mappings().first()
    if row is None:
        _not_found()
    return row


def _readable(scope: GrantedScope) -> Select[Any]:
    """Return the question for own and shared scenarios with their last version."""
    last = (SCENARIO_VERSION.c.scenario_id == SCENARIO.c.scenario_id) & (
        SCENARIO_VERSION.c.version == SCENARIO.c.version_count
    )
    return (
        select(SCENARIO, SCENARIO_VERSION.c.edits, SCENARIO_VERSION.c.build_id)
        .join(SCENARIO_VERSION, last)
        .where(SCENARIO.c.is_deleted.is_(False), (SCENARIO.c.account_id == scope.account_id) | SCENARIO.c.is_shared)
    )


def _entry(row: RowMapping, scope: GrantedScope) -> ScenarioEntry:
    return ScenarioEntry(
        scenario_id=row["scenario_id"],
        account_id=row["account_id"],
        author_name=row["author_name"],
        scenario_name=row["scenario_name"],
        is_shared=row["is_shared"],
        is_mine=row["account_id"] == scope.account_id,
        version_count=row["version_count"],
        edit_count=len(json.loads(row["edits"])),
        build_id=row["build_id"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )


def _text(edits: list[dict[str, Any]]) -> str:
    text = json.dumps(edits, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > LARGEST_EDITS_BYTES:
        raise WordedError("whatif.scenario_too_large")
    return text


def _not_found() -> NoReturn:
    raise WordedError("whatif.scenario_not_found")
