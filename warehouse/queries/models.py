"""The register of models: what forecasts each indicator, how that was tested, how well it did, who answers for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from analytics.forecast.model import models
from analytics.indicator import indicators
from kernel.clock import as_stored, from_stored, now
from kernel.scope import GrantedScope
from warehouse.contract import contracts
from warehouse.queries import _run

TABLE = "marts.mart_indicator_model"
# Days that models are good for: one monthly refresh and a fortnight. What is older has not seen the newest month.
VALID_DAYS = 45
STATES = ("shown", "trend", "worse", "short", "none")
_MEANS = ("mase", "naive_mase", "coverage_80", "coverage_95")


def is_registered() -> bool:
    """Return whether the served snapshot holds a register; one of an earlier version does not."""
    return TABLE in _run.manifest()["tables"]


def may_read(scope: GrantedScope) -> bool:
    """Return whether the account may read the register of this snapshot."""
    return is_registered() and scope.covers(_run.manifest()["tables"][TABLE]["sensitivity"])


def built_at() -> str:
    """Return when the served snapshot, and with it every forecast, was made: the instant as it is stored."""
    return str(_run.manifest()["created_at"])


def valid_until() -> str:
    """Return the instant, as it is stored, from which on the models of the served snapshot are expired."""
    return as_stored(from_stored(built_at()) + timedelta(days=VALID_DAYS))


def is_expired() -> bool:
    """Return whether the models of the served snapshot are older than :data:`VALID_DAYS`."""
    return now() > from_stored(valid_until())


def series(scope: GrantedScope) -> pl.DataFrame:
    """Return one row an indicator and area, the columns of ``marts.mart_indicator_model``; empty if there is none."""
    if not may_read(scope):
        texts = ("indicator_code", "region_code", "state", "model_code", "effort", "note_code")
        numbers = dict.fromkeys(_MEANS, pl.Float64)
        return pl.DataFrame(schema={**dict.fromkeys(texts, pl.String), "origin_count": pl.Int64, **numbers})
    return _run.rows("model_series", scope, codes=None, region=None)


def by_group(found: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return series counted and measured by a column.

    Parameters
    ----------
    found : DataFrame
        Of :func:`series`, perhaps with further columns.
    key : str
        Column to group by.

    Returns
    -------
    DataFrame
        The key, ``series_count``, ``shown, trend, worse, short, none`` (series of each state), ``better`` (share of
        the tested series that do better than the same period of the last year), and ``mase, naive_mase, coverage_80,
        coverage_95``: means over the tested series, each counted with its origins. Null where nothing was tested.
    """
    tested = (pl.col("origin_count") > 0) & pl.col("mase").is_not_null() & pl.col("naive_mase").is_not_null()
    is_better = (pl.col("mase") < pl.col("naive_mase")).filter(tested)
    return (
        found.group_by(key)
        .agg(
            series_count=pl.len(),
            **{state: (pl.col("state") == state).sum() for state in STATES},
            better=is_better.mean(),
            **{name: _weighted(name) for name in _MEANS},
        )
        .sort(key)
    )


def _weighted(name: str) -> pl.Expr:
    known = pl.col(name).is_not_null() & (pl.col("origin_count") > 0)
    weight = pl.col("origin_count").filter(known)
    return pl.when(weight.sum() > 0).then((pl.col(name).filter(known) * weight).sum() / weight.sum())


def register(scope: GrantedScope, system: str) -> list[dict[str, Any]]:
    """Return the register of the indicators of a system.

    Parameters
    ----------
    scope : GrantedScope
        Areas that it may not see are not counted.
    system : str
        One of `analytics.indicator.SYSTEMS`.

    Returns
    -------
    list of dict
        One an indicator that is measured: the columns of :func:`by_group` and ``indicator`` (the declaration),
        ``models`` (codes with their share of the series that have one, the commonest first), ``first_period,
        last_period`` (what the models learned from), ``effort``, ``owner`` (department that answers for what is
        counted), ``notes`` (codes with their number of series), ``built_at, valid_until`` (instants as stored) and
        ``is_expired``.
    """
    own = [one.code for one in indicators().values() if one.system == system]
    found = series(scope).filter(pl.col("indicator_code").is_in(own))
    age = {"built_at": built_at(), "valid_until": valid_until(), "is_expired": is_expired()}
    lines = []
    for line in by_group(found, "indicator_code").iter_rows(named=True):
        indicator = indicators()[line["indicator_code"]]
        rows = found.filter(pl.col("indicator_code") == indicator.code)
        chosen = rows.filter(pl.col("model_code") != "")["model_code"].value_counts(sort=True)
        total = chosen["count"].sum()
        contract = contracts().get(indicator.inputs[0])
        noted = rows.filter(pl.col("note_code") != "")["note_code"].value_counts(sort=True)
        lines.append(
            {
                **line,
                "indicator": indicator,
                "models": [(code, count / total) for code, count in chosen.iter_rows()],
                "first_period": rows.filter(pl.col("first_period") != "")["first_period"].min(),
                "last_period": rows["last_period"].max(),
                "effort": rows["effort"].max(),
                "owner": "" if contract is None else contract.owner,
                "notes": list(noted.iter_rows()),
                **age,
            }
        )
    return lines


def by_model(found: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the models in use with what they are for, the commonest first; the columns of :func:`by_group` beside."""
    used = by_group(found.filter(pl.col("model_code") != ""), "model_code")
    known = models()
    lines = [{**line, "model": known[line["model_code"]]} for line in used.iter_rows(named=True)]
    return sorted(lines, key=lambda line: (-line["series_count"], line["model_code"]))


def by_system(found: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of :func:`by_group` by ``system``."""
    systems = pl.DataFrame(
        [(one.code, one.system) for one in indicators().values()],
        schema={"indicator_code": pl.String, "system": pl.String},
        orient="row",
    )
    return by_group(found.join(systems, on="indicator_code"), "system")
