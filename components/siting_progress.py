"""How far a search for sites is, and how it ended when there is no result."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from analytics.siting.problem import relative_gap
from components.attributes import attributes
from components.icons import icon
from components.numbers import show_percent
from components.siting_result import gap_chart, show_value
from components.theme import Scheme
from kernel.clock import from_stored, now
from kernel.words import catalogue, t
from ledger.job_queue import Job

# What objective and bound of each model count while it is solved.
UNITS = {"lscp": "sites", "p_median": "mean_minutes", "p_center": "minutes", "equity": "share"}
STAGES = {"least share": "balance", "total": "exact", "radius": "centre"}


def progress_card(job: Job, lang: str, scheme: Scheme, *, is_own: bool) -> list[Component]:
    """Return the progress of a job that has not ended, or why there is no result; nothing for one that is done."""
    if job.state == "done":
        return []
    if job.is_ended:
        return _without_result(job, lang)
    seconds = 0 if job.started_at is None else max(0, round((now() - from_stored(job.started_at)).total_seconds()))
    share = 0.0 if job.state == "queued" else max(0.02, job.share)
    words = t("siting.cancelling", lang) if job.is_cancel_wanted else stage_words(job, lang)
    bar = html.Div(
        html.Span(style={"width": f"{share * 100:.0f}%"}),
        className="siting-bar",
        role="progressbar",
        **attributes(
            aria_valuenow=str(round(share * 100)),
            aria_valuemin="0",
            aria_valuemax="100",
            aria_label=t("siting.progress", lang),
        ),
    )
    lines = [html.B(words), html.Span(t("siting.elapsed", lang, seconds=seconds), className="small")]
    parts: list[Component] = [html.Div(lines, className="siting-stage"), bar]
    if job.objective is not None and job.bound is not None:
        unit = UNITS.get(str(job.request.get("model")), "residents")
        parts.append(
            html.P(
                t(
                    "siting.so_far",
                    lang,
                    objective=show_value(job.objective, unit, lang),
                    bound=show_value(job.bound, unit, lang),
                    gap=show_percent(relative_gap(job.objective, job.bound), lang, digits=2),
                ),
                className="siting-so-far",
            )
        )
    chart = gap_chart(job.trace, scheme, lang)
    return [
        html.Section(
            [*parts, *([chart] if chart else [])],
            className="siting-progress",
            **attributes(aria_live="polite" if is_own else "off"),
        )
    ]


def stage_words(job: Job, lang: str) -> str:
    """Return what is being done."""
    if job.state == "queued":
        return t("siting.stage_queued", lang)
    code = STAGES.get(job.stage, job.stage)
    key = f"siting.stage_{code}"
    return t(key if key in catalogue() else "siting.stage_other", lang)


def job_message(job: Job, lang: str) -> str:
    """Return why a job has no result, in the reader's language where it is known."""
    message = job.message or {}
    if message.get("key") in catalogue():
        values = message.get("values", {})
        parts = [t(message["key"], lang, **values), t(f"{message['key']}_fix", lang, **values)]
    else:
        parts = [message.get("message", ""), message.get("fix", "")]
    return " ".join(part for part in parts if part)


def _without_result(job: Job, lang: str) -> list[Component]:
    return [
        html.Section(
            [
                html.Div(
                    [
                        icon("alert-triangle" if job.state == "failed" else "ban", size=18),
                        html.B(t(f"jobs.state_{job.state}", lang)),
                    ],
                    className="siting-stage",
                ),
                html.P(job_message(job, lang)),
            ],
            className=f"siting-progress is-{job.state}",
            role="alert",
        )
    ]


def running(lang: str, *, is_hidden: bool) -> html.Div:
    """Return the button that stops a search, shown while one runs."""
    button = html.Button(
        [icon("x", size=16), t("siting.cancel", lang)], id="siting-cancel", type="button", className="planning-small"
    )
    return html.Div(button, id="siting-running", hidden=is_hidden, className="siting-running")
