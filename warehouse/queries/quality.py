"""Questions about the quality of what was delivered: scores, what lowers them, which checks fail where."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kernel.scope import GrantedScope
from kernel.words import t
from warehouse.contract import contracts
from warehouse.queries import _run
from warehouse.queries.regions import regions, root_code

ALL, HELD = "all", "held"
YEAR, BEFORE = "year", "year_before"
# How many reasons stand in one sentence.
SAID = 2


def by_dataset(scope: GrantedScope) -> pl.DataFrame:
    """Return the score of every dataset over the last twelve months, in the area that the visitor sees.

    Returns
    -------
    DataFrame
        ``dataset, row_count, failed_count, score`` (0 to 100, null where nothing was there to be judged), a column for
        each of the six dimensions, ``reason_zh, reason_en`` (what costs most, empty where nothing does). Empty where
        the snapshot was built by an earlier version.
    """
    area = _area(scope)
    scores = _scores(scope, region=area, month=YEAR).filter(pl.col("dataset") != ALL).drop("region_code", "month")
    return _with_reasons(scores, reasons(scope, region=area, most=SAID), key="of_dataset", on="dataset")


def by_unit(scope: GrantedScope, dataset: str | None = None, month: str | None = None) -> pl.DataFrame:
    """Return the score of every city that the visitor sees, best first, cities without a score last.

    Parameters
    ----------
    scope : GrantedScope
        Whose figures.
    dataset : str, optional
        One dataset; without it the mean of all.
    month : str, optional
        ``YYYY-MM``; without it the last twelve months.

    Returns
    -------
    DataFrame
        ``region_code, row_count, failed_count``, six dimensions, ``score, before`` (score of the twelve months before;
        null when a month is asked for), ``change`` (points), ``reason_zh, reason_en`` (of the last twelve months).
    """
    chosen = dataset or ALL
    scores = _scores(scope, dataset=chosen, month=month or YEAR).drop("dataset", "month")
    before = _scores(scope, dataset=chosen, month=BEFORE).select("region_code", before="score")
    if month is not None:
        before = before.clear()
    known = scores.join(before, on="region_code", how="left").with_columns(change=pl.col("score") - pl.col("before"))
    cities = regions(scope).filter(pl.col("level") == "city")["region_code"]
    found = known.filter(pl.col("region_code").is_in(cities.implode()))
    said = _with_reasons(found, reasons(scope, dataset=chosen, most=SAID), key="region_code", on="region_code")
    return said.sort("score", "region_code", descending=[True, False], nulls_last=True)


def matrix(scope: GrantedScope) -> pl.DataFrame:
    """Return ``dataset, region_code, score`` of the last twelve months: by dataset and region."""
    found = _scores(scope, month=YEAR).filter(pl.col("dataset") != ALL)
    return found.select("dataset", "region_code", "score", "row_count")


def trend(scope: GrantedScope, region: str, dataset: str | None = None) -> pl.DataFrame:
    """Return ``month, score`` and the six dimensions month by month, the oldest first."""
    found = _scores(scope, dataset=dataset or ALL, region=region)
    return found.filter(pl.col("month").str.contains(r"^\d{4}-\d{2}$")).drop("dataset", "region_code").sort("month")


def standing(scope: GrantedScope, region: str, dataset: str | None = None) -> Mapping[str, float | None]:
    """Return score, dimensions and rows of one area over the last twelve months, empty where there are none."""
    found = _scores(scope, dataset=dataset or ALL, region=region, month=YEAR)
    return found.row(0, named=True) if found.height else {}


def reasons(
    scope: GrantedScope, *, region: str | None = None, dataset: str | None = None, most: int = 12
) -> pl.DataFrame:
    """Return what costs most points, the dearest first.

    Returns
    -------
    DataFrame
        ``region_code, of_dataset`` (whose score; ``all`` for the mean of all), ``rank, dataset, dimension, check_code,
        failed_count, lost_points, text_zh, text_en``.
    """
    found = _run.rows("quality_reasons.sql", scope, region=region, dataset=dataset, most=most)
    for lang in ("zh", "en"):
        texts = [
            reason_words(row["dataset"], row["check_code"], row["failed_count"], row["lost_points"], lang)
            for row in found.iter_rows(named=True)
        ]
        found = found.with_columns(pl.Series(f"text_{lang}", texts, dtype=pl.String))
    return found


def failures(scope: GrantedScope, dataset: str, region: str | None = None) -> pl.DataFrame:
    """Return the checks of a dataset that fail, most rows first.

    Returns
    -------
    DataFrame
        ``dimension, check_code, failed_count, first_month, last_month, month_count, region_count, example_row,
        example_batch``.

    Raises
    ------
    AccessDenied
        When the visitor may not read internal data: rows of deliveries are not for everybody.
    """
    return _run.rows("quality_failures.sql", scope, dataset=dataset, region=region)


def area(scope: GrantedScope) -> str:
    """Return the area whose figures stand for everything that the visitor sees."""
    return _area(scope)


def dataset_name(dataset: str, lang: str) -> str:
    """Return the name of a dataset, its code where no contract names it."""
    known = contracts().get(dataset)
    return dataset if known is None else (known.name_zh if lang == "zh" else known.name_en)


def check_words(dataset: str, check_code: str, lang: str) -> str:
    """Return what a check looks at, in words."""
    kind, name = check_code.split(":", maxsplit=1)
    known = contracts().get(dataset)
    columns = {column.name: getattr(column, lang) for column in known.columns} if known else {}
    rules = {rule.name: getattr(rule, lang) for rule in known.rules} if known else {}
    refused = {rule.name.upper(): getattr(rule, lang) for rule in known.rules} if known else {}
    if kind == "rule":
        return rules.get(name, name)
    if kind == "odd" and name == "rows":
        return t("quality.check_odd_rows", lang)
    return t(f"quality.check_{kind}", lang, name=columns.get(name) or refused.get(name) or name)


def reason_words(dataset: str, check_code: str, count: int, points: float, lang: str) -> str:
    """Return a reason in one sentence: dataset, what is wrong, how often, how many points it costs."""
    unit = "times" if check_code.endswith(":delivery") or check_code.startswith("odd:") else "rows"
    return t(
        f"quality.reason_{unit}",
        lang,
        dataset=dataset_name(dataset, lang),
        check=check_words(dataset, check_code, lang).rstrip("。."),
        count=f"{count:,}",
        points=f"{points:.2f}",
    )


def _scores(
    scope: GrantedScope, *, dataset: str | None = None, region: str | None = None, month: str | None = None
) -> pl.DataFrame:
    return _run.rows("quality_scores.sql", scope, dataset=dataset, region=region, month=month)


def _with_reasons(frame: pl.DataFrame, said: pl.DataFrame, *, key: str, on: str) -> pl.DataFrame:
    """Return a frame with the first reasons of each row in one sentence."""
    joined = (
        said.sort("rank")
        .group_by(key, maintain_order=True)
        .agg(pl.col("text_zh").str.join("；").alias("reason_zh"), pl.col("text_en").str.join("; ").alias("reason_en"))
    )
    return frame.join(joined, left_on=on, right_on=key, how="left").with_columns(
        pl.col("reason_zh", "reason_en").fill_null("")
    )


def _area(scope: GrantedScope) -> str:
    return root_code(scope, regions(scope)) or ""
