"""The figures behind a page: areas by period, drawn and sorted by ``assets/monitoring.js``, and parts by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.period import shifted, year_before
from components.cards import panel
from components.monitoring_cards import is_too_small
from components.monitoring_figures import period_words, quality_words, share_words, signed, unit_of, value_words
from components.monitoring_map import FEW, areas_shown, figure_of
from components.monitoring_state import Aim, Row, is_better, is_comparable, meets
from components.monitoring_view import Detail
from components.numbers import MISSING, show_count, show_exact, show_number, show_percent
from components.stacked_table import FIRST, long_table, stacked_table
from kernel.words import t

# Periods that the table reaches back over, by kind.
SHOWN = {"month": 12, "quarter": 8, "year": 6}


def table_card(view: Detail, lang: str) -> html.Section:
    """Return the table of areas: value, change, gap to the target, quality, counts, and the periods before."""
    one, newest = view.standing.indicator, view.standing.newest
    period = str(newest["period"]) if newest is not None else view.standing.wanted
    before = shifted(period, -1) if view.asked.compare == "last" else year_before(period)
    back = _back(view, period)
    has_ratio = one.combination != "sum"
    columns: list[dict[str, Any]] = [
        {"code": "name", "name": t("monitoring.column_area", lang), "kind": "link"},
        {"code": "value", "name": period_words(period, lang), "kind": "number"},
        {
            "code": "change",
            "name": t(f"monitoring.against_{'last' if view.asked.compare == 'last' else 'year'}", lang),
            "kind": "number",
        },
    ]
    if _aim(view) is not None:
        columns.append({"code": "gap", "name": t("monitoring.column_gap", lang), "kind": "number"})
    columns.append({"code": "quality", "name": t("monitoring.column_quality", lang), "kind": "text"})
    columns.append({"code": "numerator", "name": t("monitoring.column_numerator", lang), "kind": "number"})
    if has_ratio:
        columns.append({"code": "denominator", "name": t("monitoring.column_denominator", lang), "kind": "number"})
    columns += [{"code": one_back, "name": period_words(one_back, lang), "kind": "number"} for one_back in back]
    codes = [view.asked.region, *(code for code in areas_shown(view) if code != view.asked.region)]
    rows = [_line(view, code, (period, before, *back), lang) for code in codes]
    body = html.Div(
        [
            long_table(html.Div(id="monitoring-table", className="table-scroll", tabIndex="0"), len(rows), lang),
            dcc.Store(
                id="monitoring-rows",
                data={
                    "columns": columns,
                    "rows": rows,
                    "sort": t("monitoring.sort", lang),
                    "first": FIRST,
                },
            ),
        ]
    )
    hint = " · ".join(
        part for part in (unit_of(one, lang), _few_words(rows, lang), t("monitoring.table_hint", lang)) if part
    )
    return panel(t("monitoring.table", lang), hint, body, folds=lang)


def _few_words(rows: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return what the mark of small numbers means, where a row has it."""
    is_marked = any(str(words).endswith(FEW) for row in rows for words in row["words"].values())
    return f"{FEW.strip()} {t('monitoring.quality_few', lang)}" if is_marked else ""


def _aim(view: Detail) -> Aim | None:
    """Return the target that holds for every area: one that was stated, not the area's own growth or its year's sum."""
    aim = view.standing.aim
    return None if aim is None or aim.is_total or aim.kind == "working" else aim


def _back(view: Detail, period: str) -> list[str]:
    """Return the periods before that have a figure somewhere, the newest first: some are measured once a year only."""
    known = {row["period"] for rows in view.figures.values() for row in rows if row["period"] < period}
    return sorted(known, reverse=True)[: SHOWN.get(view.standing.kind, 12) - 1]


def _line(view: Detail, code: str, periods: Sequence[str], lang: str) -> dict[str, Any]:
    """Return one area: the newest period, the one that it is compared with, and those before."""
    period, before, *back = periods
    one, aim = view.standing.indicator, _aim(view)
    figures = view.figures.get(code, ())
    row, base = figure_of(figures, period), figure_of(figures, before)
    value = None if row is None else row["value"]
    change = (
        None
        if view.standing.is_open
        or row is None
        or value is None
        or base is None
        or base["value"] is None
        or not (is_comparable(one, row) and is_comparable(one, base))
        else (float(base["value"]), float(value))
    )
    quality = "missing" if row is None else row["quality"]
    numbers: dict[str, float | None] = {
        "value": value,
        "change": None if change is None else _change(one.unit, *change),
        "gap": None if value is None or aim is None else float(value) - aim.value,
        "numerator": None if row is None else row["numerator"],
        "denominator": None if row is None else row["denominator"],
    }
    words = {
        "name": view.areas[code].name if code in view.areas else code,
        "value": f"{value_words(one, value, lang)}{FEW if quality == 'few' and value is not None else ''}",
        "change": MISSING if numbers["change"] is None else _change_words(view, numbers["change"], lang),
        "gap": MISSING if numbers["gap"] is None else signed(one, numbers["gap"], lang),
        "quality": _quality(view, code, row or {"quality": quality}, lang),
        "numerator": count_words(numbers["numerator"], lang),
        "denominator": count_words(numbers["denominator"], lang),
    }
    tones = {"change": "", "gap": "", "quality": "" if quality == "ok" else "mon-dubious"}
    if change is not None:
        tones["change"] = {True: "is-good", False: "is-bad", None: ""}[is_better(one, *change)]
    if value is not None and aim is not None:
        tones["gap"] = "is-good" if meets(one, float(value), aim.value) else "is-bad"
    for past in back:
        earlier = figure_of(figures, past)
        numbers[past] = None if earlier is None else earlier["value"]
        is_few = earlier is not None and earlier["quality"] == "few" and earlier["value"] is not None
        words[past] = f"{value_words(one, numbers[past], lang)}{FEW if is_few else ''}"
    return {
        "href": view.asked.address("indicator", region=code),
        "is_chosen": code == view.asked.region,
        "values": numbers,
        "words": words,
        "tones": tones,
    }


def _quality(view: Detail, code: str, row: Row, lang: str) -> str:
    """Return how sound a figure is; that nothing came in is no fault of an area that is too small to be measured."""
    is_absent = row["quality"] == "missing" and is_too_small(view.standing.indicator, code)
    return t("monitoring.not_measured", lang) if is_absent else quality_words(row, lang)


def _change(unit: str, base: float, value: float) -> float | None:
    if unit == "%":
        return value - base
    return (value - base) / abs(base) if abs(base) > 1e-9 else None


def _change_words(view: Detail, change: float, lang: str) -> str:
    one = view.standing.indicator
    return signed(one, change, lang) if one.unit == "%" else share_words(change, lang)


def count_words(value: float | None, lang: str) -> str:
    """Return a count with every digit, two places where it is no whole number, short where it is very long."""
    if value is None:
        return MISSING
    if abs(value) >= 1e9:
        return show_count(value, lang)
    return show_exact(value, lang) if abs(value - round(value)) < 1e-6 else show_number(value, lang)


def parts_card(view: Detail, names: Mapping[tuple[str, str], str], lang: str) -> Component | None:
    """Return the parts of the newest figure and of the one before, the largest first; None where nothing is divided."""
    one, newest = view.standing.indicator, view.standing.newest
    if not one.part or newest is None:
        return None
    period = str(newest["period"])
    now = {row["part_code"]: row for row in view.parts if row["period"] == period}
    if not now:
        return None
    change = None if view.standing.is_open else view.standing.change
    before = {row["part_code"]: row for row in view.parts if change is not None and row["period"] == change.period}
    total = sum(float(row["numerator"] or 0.0) for row in now.values())
    ordered = sorted(
        {*now, *before}, key=lambda code: (-float(now[code]["numerator"] or 0.0) if code in now else 0.0, code)
    )
    has_base = one.combination not in {"sum", "per_resident"}
    body = [
        _part(names.get((one.part, code), code), (now.get(code), before.get(code)), total, lang, has_base=has_base)
        for code in ordered
    ]
    heads = ["kind", "numerator", *(["denominator", "part_rate"] if has_base else []), "part_share", "before"]
    table = stacked_table([(t(f"monitoring.column_{key}", lang), key != "kind") for key in heads], body)
    hint = period_words(period, lang)
    if change is not None:
        hint = t("monitoring.parts_hint", lang, period=hint, before=period_words(change.period, lang))
    return panel(
        t("monitoring.parts", lang),
        hint,
        long_table(html.Div(table, className="table-scroll"), len(body), lang, is_half=True),
        folds=lang,
    )


def _part(name: str, rows: tuple[Row | None, Row | None], total: float, lang: str, *, has_base: bool) -> list[str]:
    """Return the cells of one part: its count now, its share, and its count in the earlier period."""
    now, before = rows
    count = 0.0 if now is None else float(now["numerator"] or 0.0)
    cells = [name, count_words(count, lang)]
    if has_base:
        base = 0.0 if now is None else float(now["denominator"] or 0.0)
        cells += [count_words(base, lang), show_percent(count / base, lang) if base else MISSING]
    cells.append(show_percent(count / total, lang) if total else MISSING)
    cells.append(count_words(None if before is None else before["numerator"], lang))
    return cells
