"""One line a system: how many targets are held, what is unusual, and its most telling figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.icons import icon
from components.monitoring_cards import (
    chance_notes,
    change_label,
    flag_words,
    is_all_too_small,
    nothing_words,
    summary_line,
    verdict_words,
    wanted_words,
)
from components.monitoring_figures import change_words, name_of, period_words, unit_of, value_words
from components.monitoring_question import ORDER, Question
from components.monitoring_spark import sparkline
from components.monitoring_state import Standing, Summary, summary
from components.monitoring_tabs import PICTURES
from components.numbers import MISSING
from kernel.words import t

# Figures of a line.
TELLING = 4


def telling(standings: Sequence[Standing], count: int) -> list[Standing]:
    """Return the figures that tell most: targets at risk first, then targets held, then what is unusual."""
    known = [one for one in standings if one.newest is not None]

    def weight(one: Standing) -> tuple[int, int, int]:
        verdict = "none" if one.aim is None else one.aim.verdict
        rank = {"risk": 0, "behind": 1, "likely": 2, "reached": 3, "none": 4}[verdict]
        # A target that somebody stated tells more than the indicator's own growth.
        return 0 if one.indicator.target is not None else 1, rank, 0 if one.flag is not None else 1

    return sorted(known, key=weight)[:count]


def overview_cards(found: Mapping[str, Sequence[Standing]], asked: Question, lang: str) -> list[Component]:
    """Return the sentence over everything and a line a system."""
    everything = [one for standings in found.values() for one in standings]
    lines = [_line(system, found.get(system, ()), asked, lang) for system in ORDER]
    strip = html.Ul([_tile(system, found.get(system, ()), asked, lang) for system in ORDER], className="mon-glance")
    return [summary_line(everything, asked, lang), strip, html.Div(lines, className="mon-systems")]


def _tile(system: str, standings: Sequence[Standing], asked: Question, lang: str) -> html.Li:
    """Return a system in one glance: stated targets held or likely to be of all, and how many are at risk."""
    counts = summary(standings)
    said: list[Component] = []
    if counts.aimed:
        said.append(html.B(f"{len(counts.reached)}/{counts.aimed}"))
        said.append(html.Small(t("monitoring.glance_held", lang)))
    else:
        said.append(html.B(MISSING))
        said.append(html.Small(_no_count(standings, counts, asked, lang)))
    name = html.Span([icon(PICTURES[system], size=16), t(f"monitoring.system_{system}", lang)])
    tone, last = worry(counts, lang)
    tile = [name, html.Span(said, className="mon-glance-count"), html.Small(last, className=f"mon-glance-last {tone}")]
    link = dcc.Link(tile, href=asked.address(system=system, indicator=""), className=f"mon-glance-tile {tone}")
    return html.Li(link)


def worry(counts: Summary, lang: str) -> tuple[str, str]:
    """Return the tone of a tile and its last line: targets at risk, else figures that grow too slowly, else nothing."""
    if counts.risky:
        return "is-bad", t("monitoring.at_risk", lang, count=len(counts.risky))
    tone = "is-good" if counts.aimed else ""
    if counts.working:
        return tone, t("monitoring.glance_behind", lang, count=counts.working)
    return tone, t("monitoring.glance_calm", lang) if counts.count else ""


def _no_count(standings: Sequence[Standing], counts: Summary, asked: Question, lang: str) -> str:
    """Return why a tile counts no targets."""
    if counts.count:
        return t("monitoring.glance_no_target", lang)
    return t("monitoring.not_measured" if is_all_too_small(standings, asked.region) else "monitoring.no_value", lang)


def _line(system: str, standings: Sequence[Standing], asked: Question, lang: str) -> html.Section:
    counts = summary(standings)
    href = asked.address(system=system, indicator="")
    name = html.H2(dcc.Link([icon(PICTURES[system], size=20), t(f"monitoring.system_{system}", lang)], href=href))
    said = [html.Span(t("monitoring.indicators", lang, count=counts.count))]
    if counts.aimed:
        said.append(html.Span(t("monitoring.says_reached", lang, reached=len(counts.reached), aimed=counts.aimed)))
    if counts.risky:
        said.append(html.Span(t("monitoring.at_risk", lang, count=len(counts.risky)), className="is-bad"))
    if counts.working:
        said.append(html.Span(t("monitoring.behind", lang, count=counts.working)))
    if counts.worst is not None and counts.worst.flag is not None:
        flag = counts.worst.flag
        words = f"{name_of(counts.worst.indicator, lang)} {period_words(flag['period'], lang)} {flag_words(flag, lang)}"
        said.append(html.Span([icon("flag", size=14), words], className="mon-flag"))
    figures = [_figure(one, asked, lang) for one in telling(standings, TELLING)]
    shown = figures or [html.P(nothing_words(standings, asked, lang), className="small")]
    head = html.Div([name, html.P(said, className="mon-said")], className="mon-system-head")
    return html.Section([head, html.Div(shown, className="mon-figures")], className="card mon-system")


def _figure(one: Standing, asked: Question, lang: str) -> Component:
    value = "" if one.newest is None else value_words(one.indicator, one.newest["value"], lang)
    notes: list[Component] = []
    if one.is_silent:
        since = period_words(one.silent_since, lang)
        notes.append(html.Small(t("monitoring.no_data_since", lang, period=since), className="mon-own"))
    elif one.change is not None:
        tone = {True: "is-good", False: "is-bad", None: ""}[one.change.is_good]
        words = f"{change_label(one, asked, lang)} {change_words(one.indicator, one.change, lang)}"
        if asked.compare != "target":
            notes.append(html.Small(words, className=tone))
    if one.aim is not None:
        about = wanted_words(one, one.aim, lang)
        notes.append(
            html.Span(
                verdict_words(one.aim, lang, year_now=asked.month[:4]),
                className=f"mon-pill is-{one.aim.verdict}",
                title=about,
            )
        )
        if one.indicator.target is None:
            notes.append(html.Small(t("monitoring.own_growth", lang), className="mon-own"))
        notes += [html.Small(said, className="mon-own", title=why) for said, why in chance_notes(one, one.aim, lang)]
    name = name_of(one.indicator, lang)
    figure: list[Component] = [html.B([value, html.Span(unit_of(one.indicator, lang))])]
    if one.newest is not None:
        figure.append(sparkline(one, label=t("monitoring.spark", lang, name=name)))
    return dcc.Link(
        [
            html.Span(name),
            html.Div(figure, className="mon-tell-figure"),
            html.Div(notes, className="mon-notes"),
        ],
        href=asked.address(system=one.indicator.system, indicator=one.indicator.code),
        className="mon-tell",
    )
