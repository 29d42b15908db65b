"""Indicators of a business system as a file: how each stands, figures of every area, forecasts, definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from analytics.indicator import QUALITIES, SYSTEMS, Indicator, of_system
from analytics.period import begins, holding, is_running, shifted, year_before
from components.monitoring_figures import quality_words
from kernel.errors import AccessDenied, WordedError
from kernel.units import unit_words
from kernel.words import t
from reports.catalogue._areas import Area, asked_area, region_columns
from reports.catalogue._words import SEPARATOR
from reports.content import Column, Content, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import indicators as monitoring
from warehouse.queries.quality import dataset_name

KINDS = ("month", "quarter", "year")
# States of the model register whose forecasts are given out.
SHOWN = ("shown", "trend")
# Months that a file reaches back over when its address does not say.
_BACK = 24
# Values are kept to nine decimals: more digits of a difference would be those of binary fractions.
_DIGITS = 9
# Years that periods before and after can be counted from.
_MONTH = re.compile(r"(?:19|20)\d\d-(0[1-9]|1[0-2])")
# Columns that a sheet of paper has no room for.
_NOT_ON_PAPER = ("code", "before", "quality", "due", "kind", "skill", "trials", "next", "next_low", "next_high")
_DEFINED_IN_SHEETS = (
    "code",
    "unit",
    "direction",
    "source",
    "inputs",
    "measured_for",
    "target",
    "due",
    "kind",
    "target_source",
    "goalposts",
    "query",
)


class Question(NamedTuple):
    """What the file is asked for.

    Attributes
    ----------
    listed : list of Indicator
        Those of the system, or the one asked for.
    system : str
        Code of the system.
    kind : str
        ``month`` (the own periods of each indicator), ``quarter`` or ``year``.
    first, last : str
        Months, ``YYYY-MM``; empty where the snapshot holds no figures.
    is_current : bool
        Whether the newest month is asked for: forecasts and chances are those of that month.
    """

    listed: list[Indicator]
    system: str
    kind: str
    first: str
    last: str
    is_current: bool


def make(asked: Asked) -> Content:
    """Return the indicators of ``system=`` in ``region=``, ``kind=month|quarter|year``, ``from=`` and ``to=`` months.

    Addresses of the page fit as they are: its ``month`` stands for ``to``; the indicator that it shows in full does
    not narrow the file, ``only=`` does.

    Raises
    ------
    WordedError
        When there is no such system, indicator, kind, month or region.
    AccessDenied
        When the visitor may not read figures of areas.
    """
    if not monitoring.is_readable(asked.scope):
        raise AccessDenied("This needs the right to read internal data.", fix="Ask the administrator for it.")
    lang, area, question = asked.lang, asked_area(asked), read_question(asked)
    figures = _figures(asked, area, question)
    summary = _summary(asked, area, question, figures)
    definitions = _definitions(question.listed, lang)
    shown = [summary, _values(asked, area, question, figures), _forecasts(asked, area, question), definitions]
    tables = tuple(table for table in shown if table.rows)
    datasets = sorted({dataset for one in question.listed for dataset in one.inputs})
    one_region = ["region"] if len(area.tops) == 1 else []
    span = f"{question.first} – {question.last}" if question.last else _word("nothing_measured", lang)
    return Content(
        title=_word("title", lang, system=_page_word(f"system_{question.system}", lang)),
        subtitle=SEPARATOR.join([area.name, _word(f"kind_{question.kind}", lang), span]),
        lang=lang,
        provenance=provenance(lang, asked.address, datasets),
        definitions={
            **{_page_word(f"quality_{flag}", lang): _page_word(f"about_{flag}", lang) for flag in QUALITIES},
            **{_word(term, lang): _word(f"about_{term}", lang) for term in ("next", "chance", "chance_test")},
        },
        tables=tables,
        sections=(
            Section(summary.title, tables=(summary.without(*_NOT_ON_PAPER, *one_region),)),
            Section(definitions.title, tables=(definitions.without(*_DEFINED_IN_SHEETS),)),
        ),
    )


def read_question(asked: Asked) -> Question:
    """Return what the parameters ask for.

    Raises
    ------
    WordedError
        When one of them has no meaning here.
    """
    query = asked.query
    system, kind, only = query.get("system", ""), query.get("kind") or KINDS[0], query.get("only", "")
    if system not in SYSTEMS:
        raise WordedError("indicators.no_system", name=system[:20], known=", ".join(SYSTEMS))
    if kind not in KINDS:
        raise WordedError("indicators.no_kind", name=kind[:20])
    listed = [one for one in of_system(system) if only in ("", one.code)]
    if not listed:
        raise WordedError("indicators.no_indicator", name=only[:60])
    held = monitoring.months(asked.scope)
    last = query.get("to") or query.get("month") or (held[0] if held else "")
    first = query.get("from") or (shifted(last, 1 - _BACK) if _MONTH.fullmatch(last) else "")
    for month in (first, last):
        if month and not _MONTH.fullmatch(month):
            raise WordedError("indicators.no_month", name=month[:20])
    if first > last:
        raise WordedError("indicators.no_span", first=first, last=last)
    return Question(listed, system, kind, first, last, is_current=bool(held) and last >= held[0])


def _figures(asked: Asked, area: Area, question: Question) -> dict[str, pl.DataFrame]:
    """Return the figures of each indicator in the regions of the area, the last period at most the one asked for."""
    if not question.last:
        return {}
    return {
        one.code: monitoring.areas(asked.scope, one.code, question.kind, question.last).filter(
            pl.col("region_code").is_in(area.codes)
        )
        for one in question.listed
    }


def _summary(asked: Asked, area: Area, question: Question, figures: Mapping[str, pl.DataFrame]) -> Table:
    """Return a line an indicator and top region: newest figure, that of a year before, target, chance, what is next."""
    lang = asked.lang
    names = dict(area.regions.select("region_code", "region_name").iter_rows())
    codes = [one.code for one in question.listed]
    rows = []
    for region in area.tops:
        targets = monitoring.target(asked.scope, codes, region) if question.is_current else {}
        outlook = _outlook(asked, question, region)
        for one in question.listed:
            own = figures.get(one.code)
            known = (
                own.filter((pl.col("region_code") == region) & pl.col("value").is_not_null())
                if own is not None
                else None
            )
            if known is None or not known.height:
                continue
            newest, by_period = known.row(-1, named=True), dict(known.select("period", "value").iter_rows())
            # What counts a period that is not over has no whole one to be compared with; a level is what it is now.
            is_open = one.accumulation != "stock" and is_running(newest["period"], question.last)
            before = None if is_open else by_period.get(year_before(newest["period"]))
            is_own = monitoring.shown_kind(one, question.kind) == one.period
            rows.append(
                (
                    one.code,
                    _name(one, lang),
                    unit_words(one.unit, lang),
                    names[region],
                    newest["period"],
                    newest["value"],
                    before,
                    None if before is None else round(newest["value"] - before, _DIGITS),
                    quality_words(newest, lang),
                    *_target_cells(targets.get(one.code), newest["value"], lang),
                    *(_next(outlook, one.code, newest["period"]) if is_own else (None,) * 4),
                )
            )
    columns = _columns(lang, "code", "indicator", "unit", "region", "period")
    columns += _columns(lang, "value", "before", "change", kind="any") + _columns(lang, "quality")
    columns += _columns(lang, "target", kind="any") + _columns(lang, "due", "kind") + _columns(lang, "gap", kind="any")
    columns += _columns(lang, "chance", kind="share") + _columns(lang, "chance_test")
    columns += _columns(lang, "skill", kind="any") + _columns(lang, "trials", kind="count") + _columns(lang, "next")
    columns += _columns(lang, "next_value", "next_low", "next_high", kind="any")
    return Table(_word("summary", lang), columns, rows, _word("summary_note", lang))


def _target_cells(target: Mapping[str, Any] | None, value: float, lang: str) -> tuple[object, ...]:
    """Return target, year, who says so, gap, chance and how chances stood in the past; all none without a target.

    The target of a total is one of a year, so its gap is that of the year so far. What is wanted of the whole province
    is not asked of a part of it.
    """
    if target is None or target["target_value"] is None or target["method"] == "partial":
        return (None,) * 8
    wanted, kind = target["target_value"], _page_word(f"target_{target['target_kind']}", lang)
    gap = target["gap"] if target["method"] == "total" else value - wanted
    gap = None if gap is None else round(gap, _DIGITS)
    return (
        round(wanted, _DIGITS),
        str(target["due_year"]),
        kind,
        gap,
        target["reach_probability"],
        *_tested(target, lang),
    )


def _tested(target: Mapping[str, Any], lang: str) -> tuple[str | None, float | None, int | None]:
    """Return whether past chances were better than one for all, or why there is none; skill; how many were tested."""
    chance, skill, trials = target["reach_probability"], target.get("skill"), target.get("trial_count")
    if chance is None:
        is_said = target["method"] in ("short", "stale")
        return _word(f"untold_{target['method']}", lang) if is_said else None, None, None
    if chance in {0.0, 1.0}:
        return _word("chance_decided", lang), None, None
    if skill is None:
        return _word("chance_untested", lang), None, trials
    said = _word("chance_better" if skill > 0 else "chance_no_better", lang)
    return said, round(skill, _DIGITS), trials


def _outlook(asked: Asked, question: Question, region: str) -> pl.DataFrame:
    """Return the forecasts of a region that may be shown: none of those that did not stand the test of the past."""
    codes = [one.code for one in question.listed]
    found = monitoring.forecast(asked.scope, codes, region)
    register = monitoring.model(asked.scope, codes, region) if question.is_current else {}
    shown = {code: row["model_code"] for code, row in register.items() if row["state"] in SHOWN}
    return (
        found.filter(pl.col("indicator_code").is_in(list(shown)))
        .with_columns(model=pl.col("indicator_code").replace_strict(shown, default=None, return_dtype=pl.String))
        .sort("indicator_code", "period")
    )


def _next(outlook: pl.DataFrame, code: str, period: str) -> tuple[object, ...]:
    """Return the first period forecast after the newest figure, its median and its interval of 90 %."""
    later = outlook.filter((pl.col("indicator_code") == code) & (pl.col("period") > period))
    return later.select("period", "q50", "q05", "q95").row(0) if later.height else (None,) * 4


def _values(asked: Asked, area: Area, question: Question, figures: Mapping[str, pl.DataFrame]) -> Table:
    lang = asked.lang
    parts = []
    for one in question.listed:
        own = figures.get(one.code)
        if own is None:
            continue
        first = holding(begins(question.first), monitoring.shown_kind(one, question.kind))
        parts.append(
            own.filter(pl.col("period") >= first).with_columns(
                code=pl.lit(one.code), indicator=pl.lit(_name(one, lang)), unit=pl.lit(unit_words(one.unit, lang))
            )
        )
    columns = (*_columns(lang, "code", "indicator", "unit"), *region_columns(asked), *_columns(lang, "period"))
    columns += _columns(lang, "value", "numerator", "denominator", kind="any") + _columns(lang, "quality")
    columns += _columns(lang, "delivered", kind="share")
    if not parts:
        return Table(_word("values", lang), columns, ())
    said = {quality: _page_word(f"quality_{quality}", lang) for quality in QUALITIES}
    named = area.regions.select("region_code", "region_name", "level_name")
    frame = pl.concat(parts).join(named, on="region_code", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("quality").replace_strict(said))
    return Table.of(_word("values", lang), columns, frame, note=_word("values_note", lang))


def _forecasts(asked: Asked, area: Area, question: Question) -> Table:
    """Return the forecasts of the top regions and of those right below them; counties of a province are on the page."""
    lang, listed = asked.lang, {one.code: one for one in question.listed}
    near = area.regions.filter(pl.col("region_code").is_in(area.tops) | pl.col("parent_code").is_in(area.tops))
    rows = [
        (
            row["indicator_code"],
            _name(listed[row["indicator_code"]], lang),
            unit_words(listed[row["indicator_code"]].unit, lang),
            region,
            name,
            row["period"],
            *(row[key] for key in ("q50", "q25", "q75", "q05", "q95")),
            _page_word(f"model_{row['model']}", lang),
        )
        for region, name in near.select("region_code", "region_name").iter_rows()
        for row in _outlook(asked, question, region).iter_rows(named=True)
    ]
    columns = (*_columns(lang, "code", "indicator", "unit"), *region_columns(asked)[:2], *_columns(lang, "period"))
    columns += _columns(lang, "median", "q25", "q75", "q05", "q95", kind="any")
    columns += _columns(lang, "model")
    return Table(_word("forecasts", lang), columns, rows, _word("forecasts_note", lang))


def _definitions(listed: Sequence[Indicator], lang: str) -> Table:
    keys = ("code", "indicator", "unit", "direction", "formula", "method", "source", "inputs", "measured_for")
    columns = _columns(lang, *keys) + _columns(lang, "target", kind="any") + _columns(lang, "due", "kind")
    columns += _columns(lang, "target_source", "goalposts", "query")
    rows = [
        (
            one.code,
            _name(one, lang),
            unit_words(one.unit, lang),
            _page_word(f"direction_{one.direction}", lang),
            one.formula_en if lang == "en" else one.formula_zh,
            one.method_en if lang == "en" else one.method_zh,
            one.source_en if lang == "en" else one.source_zh,
            t("export.list_join", lang).join(dataset_name(dataset, lang) for dataset in one.inputs),
            _grain(one, lang),
            *_declared_target(one, lang),
            _goalposts(one, lang),
            monitoring.query_name(one.code),
        )
        for one in listed
    ]
    return Table(_word("definitions", lang), columns, rows)


def _declared_target(one: Indicator, lang: str) -> tuple[Any, ...]:
    if one.target is None:
        return (None,) * 4
    source = one.target.source_en if lang == "en" else one.target.source_zh
    return one.target.value, str(one.target.year), _page_word(f"target_{one.target.kind}", lang), source


def _goalposts(one: Indicator, lang: str) -> str:
    if one.place is None:
        return ""
    return _page_word(
        "place",
        lang,
        dimension=_page_word(f"dimension_{one.place.dimension}", lang),
        low=f"{one.place.low:g}",
        high=f"{one.place.high:g}",
        per=_page_word(f"per_{one.place.per or 'none'}", lang),
        source=one.place.source_en if lang == "en" else one.place.source_zh,
    )


def _grain(one: Indicator, lang: str) -> str:
    return SEPARATOR.join(
        _page_word(f"{name}_{value}", lang)
        for name, value in (("level", one.area), ("by", one.period), ("combination", one.combination))
    )


def _name(one: Indicator, lang: str) -> str:
    return one.name_en if lang == "en" else one.name_zh


def _columns(lang: str, *keys: str, kind: str = "text") -> tuple[Column, ...]:
    return tuple(Column(key, _heading(key, lang), kind) for key in keys)  # type: ignore[arg-type]


def _heading(key: str, lang: str) -> str:
    if key in ("method", "source", "target", "measured_for"):
        return _page_word(key, lang)
    if key in ("quality", "numerator", "denominator"):
        return _page_word(f"column_{key}", lang)
    return _page_word("better_heading", lang) if key == "direction" else _word(key, lang)


def _page_word(key: str, lang: str, **values: object) -> str:
    """Return words of the page of business monitoring, so that file and page speak alike."""
    return t(f"monitoring.{key}", lang, **values)


def _word(key: str, lang: str, **values: object) -> str:
    return t(f"indicators.{key}", lang, **values)


EXPORT = Export("indicators", "monitoring.view", "/monitoring", ("xlsx", "docx"), make)
