"""The refresh of the forecasts with the full effort: its button, how far it is, and how it ended."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.siting_progress import job_message
from kernel.clock import as_shown, from_stored
from kernel.words import t
from ledger.job_queue import Job

# The kind of job, and the action that it asks for: whoever may let deliveries count may let them be forecast.
KIND, ACTION = "forecast", "data.approve"
POLL_MS = 1_500


def refresh_panel(job: Job | None, lang: str) -> html.Section:
    """Return the button with the progress of the job, which a callback keeps up; ``job`` is the newest of its kind."""
    is_running = job is not None and not job.is_ended
    start = html.Button(
        [icon("refresh", size=16), t("models.refresh", lang)],
        id="models-refresh",
        type="button",
        className="planning-small",
        disabled=is_running,
    )
    stop = html.Button(
        [icon("x", size=16), t("models.refresh_stop", lang)],
        id="models-stop",
        type="button",
        className="planning-small",
    )
    words = html.P(t("models.refresh_hint", lang), className="small")
    return html.Section(
        [
            html.Div([start, words], className="mon-refresh-head"),
            html.P(id="models-refusal", className="refusal", role="alert"),
            html.Div(id="models-progress", **attributes(aria_live="polite")),
            html.Div(stop, id="models-stopping", hidden=not is_running),
            dcc.Store(id="models-job", data=None if job is None else job.job_id),
            dcc.Interval(id="models-tick", interval=POLL_MS, disabled=not is_running),
        ],
        className="card mon-refresh",
    )


def progress(job: Job, lang: str) -> list[Component]:
    """Return how far a refresh is, or how it ended."""
    if job.is_ended:
        ended = "" if job.finished_at is None else as_shown(from_stored(job.finished_at))
        said = [html.B(t(f"jobs.state_{job.state}", lang)), html.Span(ended, className="small")]
        if job.state == "done":
            return [
                html.P(
                    [*said, html.A(t("models.refresh_reload", lang), href="/monitoring/models")], className="mon-job"
                )
            ]
        words = html.P(job_message(job, lang), className="small")
        return [html.P([icon("alert-triangle", size=16), *said], className="mon-job"), words]
    share = round(100 * (0.0 if job.state == "queued" else max(0.02, job.share)))
    stage = t("jobs.state_queued", lang) if job.state == "queued" else t("models.refresh_step", lang, step=job.stage)
    doing = t("models.refresh_stopping", lang) if job.is_cancel_wanted else stage
    bar = html.Div(
        html.Span(style={"width": f"{share}%"}),
        className="siting-bar",
        role="progressbar",
        **attributes(
            aria_valuenow=str(share), aria_valuemin="0", aria_valuemax="100", aria_label=t("models.refresh", lang)
        ),
    )
    return [html.P([html.Span(doing), html.B(f"{share}%")], className="mon-job"), bar]
