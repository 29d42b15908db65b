"""The exchange between nodes: how each of them stands, from the log in the warehouse and the packages in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import polars as pl
from sqlalchemy import Engine

from kernel.clock import SHANGHAI, from_stored, now
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse.contract import contracts
from warehouse.contract_terms import CADENCES
from warehouse.exchange import conflicts, records
from warehouse.exchange.records import IN, Package
from warehouse.exchange.tables import create_tables
from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries import _run
from warehouse.queries.regions import regions

Level = Literal["ok", "late", "silent", "refused", "never"]
# Worst first: a node is called by the worst that holds.
LEVELS: tuple[Level, ...] = ("refused", "silent", "late", "ok", "never")
LOG = "exchange_log"
# Days without any package after which a node is silent: it misses a whole month.
SILENT_DAYS = 31
# Share of a node's datasets that may be overdue before the node is called late (assumption).
LATE_SHARE = 0.05
# Share of rows refused from which a package counts as refused (assumption).
REFUSED_SHARE = 0.2
# What is told of a node is of the last year.
RECENT_DAYS = 365
LISTED = 200


@dataclass(frozen=True, slots=True)
class Overdue:
    """A dataset that a node should have delivered: the last period that came, and the days since the next was due."""

    dataset: str
    last_period: str
    days: int


@dataclass(frozen=True, slots=True)
class NodeState:
    """How the exchange with a node stands.

    Attributes
    ----------
    code : str
        Region code of the city.
    level : {"ok", "late", "silent", "refused", "never"}
        ``refused``: the last package of a dataset was refused, or a fifth of its rows; ``silent``: nothing for a
        month; ``late``: more than a twentieth of its datasets overdue, or a package is missing before others;
        ``never``: no package so far.
    dataset_count, package_count, row_count, refused_count : int
        Datasets ever delivered, and packages, rows and refused rows of the last year.
    last_received_at : datetime or None
        Receipt of the last package.
    lag_hours : float or None
        Hours since.
    overdue : tuple of Overdue
        Datasets that are due, the longest first.
    refused_datasets, unsigned_count
        Datasets whose last package was refused; packages of the last year whose signature failed.
    conflict_count : int
        Cells in which real packages differ from what others had delivered.
    held_count : int
        Real packages that wait for one before them.
    is_demo : bool
        Whether this comes from generated packages.
    """

    code: str
    level: Level
    dataset_count: int = 0
    package_count: int = 0
    row_count: int = 0
    refused_count: int = 0
    last_received_at: datetime | None = None
    lag_hours: float | None = None
    overdue: tuple[Overdue, ...] = ()
    refused_datasets: tuple[str, ...] = ()
    unsigned_count: int = 0
    conflict_count: int = 0
    held_count: int = 0
    is_demo: bool = False

    @property
    def refused_share(self) -> float | None:
        """Return the share of the rows of the last year that were refused."""
        return self.refused_count / self.row_count if self.row_count else None


@dataclass(slots=True)
class _Of:
    """What one node delivered of one dataset."""

    dataset: str
    last_period: str | None
    last_received_at: datetime
    last_is_refused: bool
    package_count: int = 0
    row_count: int = 0
    refused_count: int = 0
    unsigned_count: int = 0


def is_demo() -> bool:
    """Return whether the log of packages is generated; a real package is never mixed with it."""
    entry: Mapping[str, Any] = _run.manifest()["datasets"].get(LOG, {})
    return entry.get("origin") == DEMO_ORIGIN


def reads_log(scope: GrantedScope) -> bool:
    """Return whether the scope may read the log of packages; the packages of the ledger it may know either way."""
    return scope.covers("internal")


def as_of(scope: GrantedScope) -> datetime:
    """Return the moment at which the exchange is looked at: now, or the end of the generated log's last month."""
    if not is_demo() or not reads_log(scope):
        return now()
    last = _run.rows("exchange_end.sql", scope)["last_received_at"].to_list()
    if not last or last[0] is None:
        return now()
    day = _period_end(last[0].strftime("%Y-%m")) + timedelta(days=1)
    return min(now(), datetime(day.year, day.month, day.day, tzinfo=UTC))


def nodes(scope: GrantedScope, engine: Engine) -> list[NodeState]:
    """Return the state of every city's node that the scope includes, in the order of the codes.

    Parameters
    ----------
    scope : GrantedScope
        A confined account sees its own node only.
    engine : Engine
        The ledger. Where a node has sent real packages these count; its generated ones no longer do.
    """
    frame = regions(scope).filter(pl.col("level") == "city")
    cities = [code for code in frame["region_code"] if scope.includes_region(code)]
    real = _from_ledger(engine)
    logged, moment = _from_log(scope), as_of(scope)
    states = []
    for code in cities:
        own = records.packages(engine, IN, node=code)
        if code in real:
            states.append(_state(code, real[code], now(), is_demo=False, packages=own))
        else:
            states.append(_state(code, logged.get(code, []), moment, is_demo=is_demo(), packages=own))
    return states


def months(scope: GrantedScope) -> pl.DataFrame:
    """Return from_node, received_month, package_count, row_count, rejected_count, unsigned_count of the log."""
    return _run.rows("exchange_month.sql", scope, as_of=as_of(scope))


def latest(scope: GrantedScope, node: str) -> pl.DataFrame:
    """Return the latest packages of a node in the log: columns of the dataset ``exchange_log``."""
    return _run.rows("exchange_latest.sql", scope, node=node, as_of=as_of(scope))


def packages(scope: GrantedScope, engine: Engine, direction: str, *, newest: int = LISTED) -> list[Package]:
    """Return the latest real packages of the nodes that the scope includes, newest first."""
    create_tables(engine)
    found = records.packages(engine, direction, newest=newest)
    return [package for package in found if scope.includes_region(package.from_node)]


def package(scope: GrantedScope, engine: Engine, direction: str, package_id: str) -> Package | None:
    """Return one real package that the scope includes, or None."""
    create_tables(engine)
    found = records.find(engine, direction, package_id)
    return found if found is not None and scope.includes_region(found.from_node) else None


def conflicts_of(scope: GrantedScope, settings: Settings, package: Package) -> pl.DataFrame:
    """Return the conflicts of a package as `warehouse.exchange.conflicts.SCHEMA`; values not for the scope are null.

    Parameters
    ----------
    scope : GrantedScope
        Reads values of columns of the two lower levels, in datasets that are open or internal to it.
    settings : Settings
        Says where the reports are.
    package : Package
        A package that the scope includes.
    """
    frame = conflicts.read_report(settings, package.package_id)
    shown = [name for name in frame["column"].unique() if _reads(scope, package.dataset, name)]
    is_shown = pl.col("column").is_in(shown)
    values = [pl.when(is_shown).then(name).alias(name) for name in ("held_value", "sent_value", "standing_value")]
    key_shown = all(_reads(scope, package.dataset, name) for name in contracts()[package.dataset].key)
    return frame.with_columns(*values, *([] if key_shown else [pl.lit("···").alias("key")]))


def without_values(scope: GrantedScope, package: Package) -> Package:
    """Return a package whose findings, which quote cells, are left out where the scope may not read the rows."""
    terms = contracts().get(package.dataset)
    readable = terms is not None and all(_reads(scope, package.dataset, name) for name in terms.column_names)
    return package if readable else replace(package, findings=[])


def _reads(scope: GrantedScope, dataset: str, column: str) -> bool:
    terms = contracts().get(dataset)
    if terms is None or column not in terms.column_names or terms.sensitivity not in ("open", "internal"):
        return False
    return scope.covers(terms.sensitivity) and terms.level_of(column) in ("general_1", "general_2")


def attempts(scope: GrantedScope, engine: Engine, *, newest: int = LISTED) -> list[records.Attempt]:
    """Return the latest files that could not be verified; nobody knows whose they are: confined accounts see none."""
    create_tables(engine)
    return [] if scope.region_codes else records.attempts(engine, newest=newest)


def _from_log(scope: GrantedScope) -> dict[str, list[_Of]]:
    if not reads_log(scope):
        return {}
    moment = as_of(scope)
    frame = _run.rows("exchange_dataset.sql", scope, as_of=moment, since=moment - timedelta(days=RECENT_DAYS))
    found: dict[str, list[_Of]] = {}
    for row in frame.iter_rows(named=True):
        one = _Of(
            dataset=row["dataset"],
            last_period=row["last_period"],
            last_received_at=row["last_received_at"],
            last_is_refused=not row["last_signature_ok"] or row["last_rejected_share"] >= REFUSED_SHARE,
            package_count=row["recent_package_count"],
            row_count=row["recent_row_count"],
            refused_count=row["recent_rejected_count"],
            unsigned_count=row["recent_unsigned_count"],
        )
        found.setdefault(row["from_node"], []).append(one)
    return found


def _from_ledger(engine: Engine) -> dict[str, list[_Of]]:
    """Return what real packages say, in the same form as the log."""
    create_tables(engine)
    found: dict[str, dict[str, _Of]] = {}
    since = now() - timedelta(days=RECENT_DAYS)
    for one in sorted(records.packages(engine, IN), key=lambda package: package.received_at or ""):
        if one.received_at is None or one.state == "held":
            continue
        at = from_stored(one.received_at)
        of = found.setdefault(one.from_node, {}).setdefault(one.dataset, _Of(one.dataset, None, at, False))
        refused = one.row_count if one.state == "refused" else one.refused_count or 0
        of.last_received_at = at
        of.last_is_refused = refused >= REFUSED_SHARE * max(one.row_count, 1)
        if one.state == "accepted":
            period = one.period or at.astimezone(SHANGHAI).strftime("%Y-%m")
            of.last_period = max(of.last_period or period, period)
        if at > since:
            of.package_count += 1
            of.row_count += one.row_count
            of.refused_count += refused
    return {node: list(datasets.values()) for node, datasets in found.items()}


def _state(
    code: str, found: Sequence[_Of], moment: datetime, *, is_demo: bool, packages: Sequence[Package]
) -> NodeState:
    if not found:
        return NodeState(code, "never", held_count=_held(packages), is_demo=is_demo)
    last = max(one.last_received_at for one in found)
    overdue = sorted((due for one in found if (due := _overdue(one, moment))), key=lambda due: (-due.days, due.dataset))
    recent = moment - timedelta(days=SILENT_DAYS)
    refused = tuple(sorted(one.dataset for one in found if one.last_is_refused and one.last_received_at > recent))
    level: Level = "ok"
    if refused:
        level = "refused"
    elif last < recent:
        level = "silent"
    elif len(overdue) > LATE_SHARE * len(found) or _held(packages):
        level = "late"
    return NodeState(
        code=code,
        level=level,
        dataset_count=len(found),
        package_count=sum(one.package_count for one in found),
        row_count=sum(one.row_count for one in found),
        refused_count=sum(one.refused_count for one in found),
        last_received_at=last,
        lag_hours=max(0.0, (moment - last).total_seconds() / 3_600),
        overdue=tuple(overdue),
        refused_datasets=refused,
        unsigned_count=sum(one.unsigned_count for one in found),
        conflict_count=sum(one.conflict_count or 0 for one in packages if one.state == "accepted"),
        held_count=_held(packages),
        is_demo=is_demo,
    )


def _held(packages: Sequence[Package]) -> int:
    return sum(one.state == "held" for one in packages)


def _overdue(one: _Of, moment: datetime) -> Overdue | None:
    """Return whether the period after the last one that came is overdue.

    The next period ends one cadence later and may come ``due_days`` after that. Packages hold a month at least, so
    whatever is gathered more often is due by month; what is delivered as it changes is never overdue.
    """
    terms = contracts().get(one.dataset)
    cadence = None if terms is None else CADENCES.get(terms.cadence)
    if terms is None or cadence is None or one.last_period is None:
        return None
    due = _period_end(one.last_period) + timedelta(days=max(cadence, 31) + (terms.due_days or 15))
    days = (moment.astimezone(SHANGHAI).date() - due).days
    return Overdue(one.dataset, one.last_period, days) if days > 0 else None


def _period_end(period: str) -> date:
    year, month = int(period[:4]), int(period[5:7] or 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
