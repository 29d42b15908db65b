"""The figures of a scenario: before, after and the change, by group, by county, by measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.numbers import MISSING, show_count, show_exact, show_number, show_percent
from components.planning_map import region_link
from components.shell import demo_badge
from kernel.words import t

MINUS, ARROW = "\N{MINUS SIGN}", "\N{RIGHTWARDS ARROW}"
# Counties in the table at most; the rest is counted below it.
MOST_COUNTIES = 12
# Digits of a share: as few as show that it changed, never more than the last.
DIGITS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Change:
    """Residents of a group or county: all, and inside the circle before and after."""

    code: str
    name: str
    residents: float
    before: float
    after: float

    @property
    def people(self) -> int:
        """Residents more (or fewer) inside the circle, whole people."""
        return round(self.after - self.before)

    def share(self, moment: str) -> float | None:
        """Return the share inside ``before`` or ``after``; None where nobody lives."""
        return getattr(self, moment) / self.residents if self.residents else None


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure before and after; ``better`` is 1 where more is better, -1 where less is, 0 where neither."""

    code: str
    before: float | None
    after: float | None
    digits: int
    better: int


@dataclass(frozen=True, slots=True)
class ScenarioFigures:
    """What the card shows.

    Attributes
    ----------
    region_code, region_name : str
        Whose figures these are.
    above : tuple of (str, str)
        Codes and names of the regions above, for the way back.
    minutes : int
        The circle.
    choice : str
        Which venues count, in words.
    groups : sequence of Change
        The six groups, everyone first; empty where no population was delivered.
    counties : sequence of Change
        Counties of the region whose figures changed, largest change first.
    county_count : int
        All counties of the region.
    measures : sequence of MeasureChange
        Accessibility measures of the region.
    gained, lost : int or None
        Residents who enter and who leave the circle, everyone, in the visitor's whole area.
    engine_us : float
        Time of the engine, microseconds.
    edit_count : int
        Edits of the scenario.
    is_demo : bool
        Whether a dataset behind the figures is generated.
    """

    region_code: str
    region_name: str
    above: tuple[tuple[str, str], ...]
    minutes: int
    choice: str
    groups: Sequence[Change]
    counties: Sequence[Change]
    county_count: int
    measures: Sequence[MeasureChange]
    gained: int | None
    lost: int | None
    engine_us: float
    edit_count: int
    is_demo: bool


def figures_card(figures: ScenarioFigures, lang: str) -> html.Section:
    """Return the card with the figures of a scenario."""
    body: list[Component] = [*_crumbs(figures, lang), _title(figures, lang)]
    if not figures.groups:
        body.append(html.P(t("map.no_population", lang), className="card-empty"))
        return html.Section(body, className="area-card")
    body += [_headline(figures, lang), _groups(figures, lang)]
    if figures.edit_count:
        body.append(_counties(figures, lang))
    if figures.measures:
        body.append(_measures(figures, lang))
    body.append(_engine(figures, lang))
    return html.Section(body, className="area-card", **attributes(data_edits=str(figures.edit_count)))


def show_change(people: float, lang: str) -> str:
    """Return a change of people with its sign: +1,234, −56, 0."""
    whole = round(people)
    return f"+{show_exact(whole, lang)}" if whole > 0 else f"{MINUS}{show_exact(-whole, lang)}" if whole else "0"


def change_mark(value: float, text: str) -> html.Span:
    """Return a change with arrow, sign and colour; the arrow and the sign say what the colour says."""
    kind = "up" if value > 0 else "down" if value < 0 else "same"
    return html.Span(text, className=f"change change-{kind}")


def share_pair(before: float | None, after: float | None, lang: str) -> tuple[str, str]:
    """Return two shares in percent with as few digits as show their difference."""
    first, second = share_row([before, after], lang)
    return first, second


def share_row(shares: Sequence[float | None], lang: str) -> list[str]:
    """Return shares in percent, all with as many digits as show those that differ from the first."""
    shown: list[str] = []
    for digits in DIGITS:
        shown = [show_percent(share, lang, digits=digits) for share in shares]
        if all(text != shown[0] for text, share in zip(shown, shares, strict=True) if share != shares[0]):
            break
    return shown


def show_measure(value: float | None, measure: MeasureChange, lang: str) -> str:
    """Return a value of a measure: counts of people short, everything else with the measure's digits."""
    return show_number(value, lang, digits=measure.digits) if measure.digits else show_count(value, lang)


def measure_change(measure: MeasureChange, lang: str) -> tuple[float, str]:
    """Return whether a measure gets better (above 0) or worse, and its change with as many digits as show it."""
    if measure.before is None or measure.after is None:
        return 0.0, MISSING
    change, digits = measure.after - measure.before, measure.digits
    while digits and change and digits < measure.digits + 4 and not round(change, digits):
        digits += 1
    sign = "+" if change > 0 else MINUS if change < 0 else ""
    return change * measure.better, f"{sign}{show_number(abs(change), lang, digits=digits)}" if change else "0"


def _crumbs(figures: ScenarioFigures, lang: str) -> list[Component]:
    if not figures.above:
        return []
    steps: list[Component] = []
    for code, name in figures.above:
        steps += [
            html.Button(name, type="button", className="crumb", **attributes(data_planning_choose=code)),
            icon("chevron-right", size=14),
        ]
    here = html.Span(figures.region_name, **attributes(aria_current="location"))
    return [html.Nav([*steps, here], className="crumbs", **attributes(aria_label=t("map.path", lang)))]


def _title(figures: ScenarioFigures, lang: str) -> html.Div:
    look = html.Button(
        icon("focus-2", size=18, label=t("map.show_whole", lang, name=figures.region_name)),
        type="button",
        className="quiet",
        title=t("map.show_whole", lang, name=figures.region_name),
        **attributes(data_planning_region=figures.region_code),
    )
    marks = [demo_badge(lang)] if figures.is_demo else []
    return html.Div([html.H2(figures.region_name), *marks, look], className="area-title")


def _headline(figures: ScenarioFigures, lang: str) -> html.Div:
    everyone = figures.groups[0]
    before, after = share_pair(everyone.share("before"), everyone.share("after"), lang)
    value = [html.Span(before, className="from"), html.Span(ARROW, className="to"), html.B(after)]
    people = t("planning.people", lang, count=show_change(everyone.people, lang))
    moved = [
        html.Span([t(f"planning.{code}", lang), " ", html.B(show_exact(count, lang))])
        for code, count in (("entered", figures.gained), ("left", figures.lost))
        if count is not None and figures.edit_count and not figures.above
    ]
    return html.Div(
        [
            html.P(t("planning.inside", lang, minutes=figures.minutes), className="lead-label"),
            html.P(value if figures.edit_count else html.B(after), className="lead-value planning-lead"),
            html.P(
                [
                    *([change_mark(everyone.people, people)] if figures.edit_count else []),
                    html.Span(t("planning.of_residents", lang, count=show_exact(everyone.residents, lang))),
                ],
                className="planning-people",
                id="planning-change",
            ),
            html.P(moved, className="planning-moved"),
            html.P(figures.choice, className="lead-note"),
        ],
        className="lead",
    )


def _groups(figures: ScenarioFigures, lang: str) -> html.Div:
    rows = []
    for group in figures.groups:
        before, after = share_pair(group.share("before"), group.share("after"), lang)
        rows.append(
            html.Tr(
                [
                    html.Th(group.name, scope="row"),
                    html.Td(before, className="number"),
                    *(
                        [
                            html.Td(after, className="number"),
                            html.Td(change_mark(group.people, show_change(group.people, lang)), className="number"),
                        ]
                        if figures.edit_count
                        else []
                    ),
                ]
            )
        )
    # Without edits there is nothing to compare with.
    heads = ("group", "before", "after", "change_people") if figures.edit_count else ("group", "before")
    return _table(t("planning.by_group", lang), heads, rows, lang, note=t("planning.by_group_note", lang))


def _counties(figures: ScenarioFigures, lang: str) -> html.Div:
    shown = figures.counties[:MOST_COUNTIES]
    rows = []
    for county in shown:
        before, after = share_pair(county.share("before"), county.share("after"), lang)
        rows.append(
            html.Tr(
                [
                    html.Th(region_link(county.code, county.name), scope="row"),
                    html.Td(before, className="number"),
                    html.Td(after, className="number"),
                    html.Td(change_mark(county.people, show_change(county.people, lang)), className="number"),
                ]
            )
        )
    rest = figures.county_count - len(shown)
    note = t("planning.counties_rest", lang, count=rest) if rest > 0 else ""
    if not rows:
        return html.Div(
            [html.H3(t("planning.by_county", lang)), html.P(t("planning.no_county", lang), className="small")]
        )
    return _table(t("planning.by_county", lang), ("county", "before", "after", "change_people"), rows, lang, note=note)


def _measures(figures: ScenarioFigures, lang: str) -> html.Div:
    rows = []
    for measure in figures.measures:
        tone, text = measure_change(measure, lang)
        rows.append(
            html.Tr(
                [
                    html.Th(t(f"planning.measure_{measure.code}", lang), scope="row"),
                    html.Td(show_measure(measure.before, measure, lang), className="number"),
                    html.Td(show_measure(measure.after, measure, lang), className="number"),
                    html.Td(change_mark(tone, text), className="number"),
                ]
            )
        )
    heads = ("measure", "before", "after", "change")
    return _table(t("planning.measures", lang), heads, rows, lang, note=t("planning.measures_note", lang))


def _table(title: str, heads: Sequence[str], rows: Sequence[Component], lang: str, *, note: str) -> html.Div:
    head = html.Tr(
        [
            html.Th(t(f"planning.{code}", lang), scope="col", className="number" if place else "")
            for place, code in enumerate(heads)
        ]
    )
    return html.Div(
        [
            html.H3(title),
            html.Table([html.Thead(head), html.Tbody(rows)], className="table compact planning-table"),
            *([html.P(note, className="small")] if note else []),
        ]
    )


def _engine(figures: ScenarioFigures, lang: str) -> html.P:
    text = (
        t("planning.engine", lang, time=show_number(figures.engine_us / 1000, lang, digits=2))
        if figures.edit_count
        else t("planning.engine_none", lang)
    )
    return html.P([icon("circle-check", size=16), html.Span(text)], className="planning-engine")
