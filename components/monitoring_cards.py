"""The sentence above a page of business monitoring, and one card an indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from analytics.indicator import Indicator
from components.attributes import attributes
from components.icons import icon
from components.monitoring_figures import (
    MINUS,
    change_words,
    listed,
    name_of,
    period_words,
    quality_words,
    share_words,
    signed,
    unit_of,
    value_words,
    with_unit,
)
from components.monitoring_question import Question
from components.monitoring_spark import sparkline
from components.monitoring_state import Aim, Row, Standing, flag_share, is_comparable, summary
from components.numbers import MISSING, show_age, show_number, show_percent
from kernel.clock import now
from kernel.words import t
from warehouse.queries.map import DatasetStanding
from warehouse.queries.quality import dataset_name

# A rule names them, no model.
ENTRY_ERRORS = frozenset({"repeated", "unit", "zero", "year_to_date", "cumulative"})
# From so many times what was expected on, a percentage says nothing.
MANIFOLD = 10
# Chances nearer to certainty than this are not told apart.
SURE = 0.01


def summary_line(standings: Sequence[Standing], asked: Question, lang: str) -> html.P:
    """Return the state of a system in one sentence, computed from the figures."""
    found = summary(standings)
    if not found.count:
        return html.P(nothing_words(standings, asked, lang), className="mon-summary")
    parts = [t("monitoring.says_count", lang, count=found.count, period=period_words(asked.month, lang))]
    if found.aimed:
        parts.append(t("monitoring.says_reached", lang, reached=len(found.reached), aimed=found.aimed))
    if found.risky:
        names = listed([name_of(one.indicator, lang) for one in found.risky], lang, most=2)
        parts.append(t("monitoring.says_risk", lang, count=len(found.risky), names=names))
    if found.working:
        key = "says_working" if found.risky else "says_working_only"
        parts.append(t(f"monitoring.{key}", lang, count=found.working))
    if found.worst is not None and found.worst.flag is not None:
        flag = found.worst.flag
        parts.append(
            t(
                "monitoring.says_flag",
                lang,
                name=name_of(found.worst.indicator, lang),
                period=period_words(flag["period"], lang),
                how=flag_words(flag, lang),
            )
        )
    if found.silent:
        names = listed([name_of(one.indicator, lang) for one in found.silent], lang, most=2)
        parts.append(t("monitoring.says_silent", lang, count=len(found.silent), names=names))
    return html.P([html.Span(part) for part in parts], className="mon-summary")


def flag_words(flag: Row, lang: str) -> str:
    """Return in words how far an unusual figure lies from what was expected, or which entry error it is."""
    if flag["kind"] in ENTRY_ERRORS:
        return t(f"monitoring.flag_{flag['kind']}", lang)
    share = flag_share(flag)
    if share is None:
        return t(f"monitoring.flag_{flag['kind']}", lang)
    is_level = flag["kind"] == "change"
    if share >= MANIFOLD - 1:
        key = "flag_times_level" if is_level else "flag_times"
        return t(f"monitoring.{key}", lang, times=show_number(share + 1, lang, digits=0))
    side = ("up" if is_level else "above") if share > 0 else ("down" if is_level else "below")
    amount = share_words(abs(share), lang).lstrip(f"+{MINUS}±")
    return t(f"monitoring.flag_{side}", lang, share=amount)


def cards(
    standings: Sequence[Standing], asked: Question, datasets: Mapping[str, DatasetStanding], lang: str
) -> html.Div:
    """Return one card an indicator; each is a link to the page with that indicator in full."""
    return html.Div(
        [card(one, asked, datasets, lang) for one in standings], id="monitoring-cards", className="mon-cards"
    )


def card(one: Standing, asked: Question, datasets: Mapping[str, DatasetStanding], lang: str) -> html.A:
    """Return the card of one indicator."""
    name = name_of(one.indicator, lang)
    newest = one.newest
    marks = []
    if one.flag is not None:
        marks.append(
            html.Span(
                [icon("flag", size=14), html.Span(t("monitoring.flagged", lang))],
                className="mon-flag",
                title=f"{period_words(one.flag['period'], lang)} {flag_words(one.flag, lang)}",
            )
        )
    head = html.Div([html.Span(name, className="mon-name"), *marks], className="mon-head")
    if newest is None:
        body: list[Component] = [html.P(never_words(one, asked, datasets, lang), className="mon-silent")]
    else:
        figure = [
            html.B(value_words(one.indicator, newest["value"], lang)),
            html.Span(unit_of(one.indicator, lang)),
            html.Small(period_words(newest["period"], lang)),
        ]
        body = [
            html.P(figure, className="mon-figure"),
            _compared(one, asked, lang),
            sparkline(one, label=t("monitoring.spark", lang, name=name)),
            _target(one, lang),
        ]
    is_chosen = one.indicator.code == asked.indicator
    classes = "card mon-card is-chosen" if is_chosen else "card mon-card"
    return html.A(
        [head, *body, html.Div(_foot(one, datasets, lang), className="mon-foot")],
        href=asked.address("indicator", indicator=one.indicator.code),
        className=classes,
        **attributes(data_monitoring=one.indicator.code, aria_current="true" if is_chosen else "false"),
    )


def is_too_small(indicator: Indicator, region: str) -> bool:
    """Return whether an area lies below the level that an indicator is measured for."""
    if indicator.area == "province":
        return not region.endswith("0000")
    return indicator.area != "county" and not region.endswith("00")


def is_all_too_small(standings: Sequence[Standing], region: str) -> bool:
    """Return whether an area lies below the level of every indicator of a system."""
    return bool(standings) and all(is_too_small(one.indicator, region) for one in standings)


def nothing_words(standings: Sequence[Standing], asked: Question, lang: str) -> str:
    """Return why a system shows no figure: the area is too small for all of its indicators, or nothing came."""
    key = "too_small" if is_all_too_small(standings, asked.region) else "says_nothing"
    return t(f"monitoring.{key}", lang)


def never_words(one: Standing, asked: Question, datasets: Mapping[str, DatasetStanding], lang: str) -> str:
    """Return why there is no figure at all: the area is too small for the indicator, or nothing was delivered."""
    if is_too_small(one.indicator, asked.region):
        return t("monitoring.only_for", lang, level=t(f"monitoring.level_{one.indicator.area}", lang))
    absent = [name for name in one.indicator.inputs if name not in datasets]
    if not absent:
        return t("monitoring.no_figure", lang)
    if len(one.indicator.inputs) == 1:
        return t("monitoring.never_delivered", lang)
    names = listed([dataset_name(name, lang) for name in absent], lang)
    return t("monitoring.never_delivered_of", lang, names=names)


def _compared(one: Standing, asked: Question, lang: str) -> html.P:
    """Return the line of the comparison: word, sign and arrow, so that colour is never alone."""
    label = t(f"monitoring.against_{asked.compare}", lang)
    if one.is_silent:
        since = period_words(one.silent_since, lang)
        return html.P(
            [icon("alert-circle", size=14), t("monitoring.no_data_since", lang, period=since)], className="mon-old"
        )
    if asked.compare == "target":
        if one.aim is None:
            return html.P(f"{label} {MISSING}", className="mon-change")
        held = t("monitoring.is_met" if one.aim.is_met else "monitoring.is_short", lang)
        tone = "is-good" if one.aim.is_met else "is-bad"
        gap = signed(one.indicator, one.aim.gap, lang)
        return html.P([html.Span(label), html.B(gap), html.Span(held)], className=f"mon-change {tone}")
    if one.change is None:
        return html.P(_uncompared(one, label, lang), className="mon-change")
    verdict = {True: "better", False: "worse", None: "same"}[one.change.is_good]
    is_flat = one.indicator.direction == "neutral"
    tone = {"better": "is-good", "worse": "is-bad", "same": ""}[verdict]
    amount = change_words(one.indicator, one.change, lang)
    picture = {"+": "trending-up", MINUS: "trending-down", "×": "trending-up"}.get(amount[0], "minus")
    words = [] if is_flat else [html.Span(t(f"monitoring.{verdict}", lang))]
    title = f"{period_words(one.change.period, lang)} {with_unit(one.indicator, one.change.base, lang)}"
    parts = [html.Span(change_label(one, asked, lang)), icon(picture, size=14), html.B(amount), *words]
    return html.P(parts, className=f"mon-change {tone}", title=title)


def _uncompared(one: Standing, label: str, lang: str) -> str:
    """Return why the newest figure is compared with none."""
    if one.is_open:
        return t("monitoring.still_open", lang)
    if one.newest is not None and not is_comparable(one.indicator, one.newest):
        return t("monitoring.in_part", lang)
    return t("monitoring.no_base", lang, against=label)


def change_label(one: Standing, asked: Question, lang: str) -> str:
    """Return what a change is against; of a period that is not over the change is that of the one before, and named."""
    label = t(f"monitoring.against_{asked.compare}", lang)
    if not one.is_open or one.change is None:
        return label
    return t("monitoring.change_of", lang, period=period_words(one.change.now, lang), against=label)


def _target(one: Standing, lang: str) -> html.Div:
    if one.aim is None:
        stated = "target_partial" if one.is_partial else "other_scale"
        key = stated if one.indicator.target is not None or one.is_other_scale else "no_target"
        return html.Div(html.Span(t(f"monitoring.{key}", lang)), className="mon-target is-none")
    words = [html.Span(wanted_words(one, one.aim, lang)), *_then(one.aim, lang)]
    if one.aim.is_total or one.aim.is_so_far:
        key = "so_far" if one.aim.is_total else "so_far_rate"
        words.append(html.Span(t(f"monitoring.{key}", lang, value=value_words(one.indicator, one.aim.reached, lang))))
    elif not one.aim.is_met:
        words.append(html.Span(t("monitoring.gap", lang, gap=signed(one.indicator, one.aim.gap, lang))))
    words += [html.Span(said, title=why) for said, why in chance_notes(one, one.aim, lang)]
    pill = html.Span(verdict_words(one.aim, lang), className=f"mon-pill is-{one.aim.verdict}")
    return html.Div([html.Div(words), pill], className="mon-target", title=t(f"monitoring.target_{one.aim.kind}", lang))


def wanted_words(one: Standing, aim: Aim, lang: str) -> str:
    """Return a target in words: plan or norm, or the working figure that nobody stated."""
    key = "wanted_working" if aim.kind == "working" else "wanted"
    if aim.is_total:
        key = "wanted_total"
    return t(f"monitoring.{key}", lang, value=with_unit(one.indicator, aim.value, lang), year=aim.year)


def _then(aim: Aim, lang: str) -> list[html.Span]:
    """Return what became of a target whose day has gone by; nothing before the day."""
    if not aim.is_over:
        return []
    kept = {True: "met_then", False: "missed_then", None: "unknown_then"}[aim.was_reached]
    tone = {True: "is-good", False: "is-bad", None: ""}[aim.was_reached]
    return [html.Span(t(f"monitoring.{kept}", lang, year=aim.year), className=tone)]


def verdict_words(aim: Aim, lang: str, *, year_now: str = "") -> str:
    """Return how a figure stands to its target: its chance at the end of a year, else how it is now.

    Where there is little room, the year of today is named no more.
    """
    if aim.chance is None:
        return t("monitoring.holds_now" if aim.is_met else "monitoring.short_now", lang)
    if str(aim.chance_year) == year_now:
        return t("monitoring.chance_this_year", lang, chance=chance_words(aim.chance, lang))
    return t("monitoring.chance", lang, year=aim.chance_year, chance=chance_words(aim.chance, lang))


def chance_notes(one: Standing, aim: Aim, lang: str) -> list[tuple[str, str]]:
    """Return what must be said beside a chance, shortly and at length.

    Why there is none, what is expected where that is not what the figure now lets think, and that past chances of this
    indicator were no better than one for all.
    """
    notes = []
    if aim.untold:
        notes.append((t(f"monitoring.untold_{aim.untold}", lang), t(f"monitoring.about_untold_{aim.untold}", lang)))
    if aim.is_surprising and aim.expected is not None:
        low, middle, high = (value_words(one.indicator, value, lang) for value in aim.expected)
        said = t("monitoring.expected_end", lang, value=middle)
        notes.append((said, t("monitoring.about_expected_end", lang, low=low, high=high)))
    if aim.is_untellable:
        about = t("monitoring.about_untellable", lang, count=aim.trials)
        notes.append((t("monitoring.untellable", lang), about))
    return notes


def chance_words(chance: float, lang: str) -> str:
    """Return a probability; none is written as certain."""
    if chance < SURE:
        return f"<{show_percent(SURE, lang, digits=0)}"
    if chance > 1 - SURE:
        return f">{show_percent(1 - SURE, lang, digits=0)}"
    return show_percent(chance, lang, digits=0)


def _foot(one: Standing, datasets: Mapping[str, DatasetStanding], lang: str) -> list[Component]:
    """Return quality of the figure and age of its data."""
    parts: list[Component] = []
    if one.newest is not None and one.newest["quality"] != "ok":
        quality = one.newest["quality"]
        parts.append(
            html.Span(
                quality_words(one.newest, lang),
                className="mon-quality",
                title=t(f"monitoring.about_{quality}", lang),
            )
        )
    standing = datasets.get(one.indicator.inputs[0])
    if standing is not None:
        age = show_age(now() - standing.delivered_at, lang)
        parts.append(html.Span(t("monitoring.age", lang, age=age), className="mon-age"))
    return parts
