"""Each model of siting handed to its solver, and what every answer has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

import numpy as np

from analytics.siting.build_order import BuildOrder, build_order
from analytics.siting.capacitated import capacitated_cover
from analytics.siting.center import p_center
from analytics.siting.cover import maximal_cover, maximal_cover_budget
from analytics.siting.equity import equitable_cover
from analytics.siting.explain import Explanation, explain
from analytics.siting.median import p_median
from analytics.siting.problem import Certificate, Report
from analytics.siting.robustness import Robustness, robustness
from analytics.siting.set_cover import set_cover
from kernel.errors import WordedError
from warehouse.queries.siting_problem import Prepared

# What objective and bound count.
Unit = Literal["residents", "sites", "minutes", "mean_minutes", "share"]
WORLDS = 200
# Parts of the time limit that what follows the search may take.
AFTERWARDS = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of any model.

    Attributes
    ----------
    certificate : Certificate
        Of the solver; ``chosen`` are candidates of the request only.
    unit : str
        What objective and bound count.
    scale : float
        Divides objective and bound to get that unit.
    notes : mapping of str to float
        Further figures of a model, shown beside the certificate.
    """

    certificate: Certificate
    unit: Unit
    scale: float = 1.0
    notes: Mapping[str, float] = field(default_factory=dict)


def solved(prepared: Prepared, report: Report) -> Answer:
    """Return the answer of the request's model.

    Parameters
    ----------
    prepared : Prepared
        From ``siting_problem.build_problem``.
    report : Report
        Told about progress in the unit of the answer; its False ends the search with the best so far.
    """
    return MODELS[prepared.request.model](prepared, report)


def explained(prepared: Prepared, answer: Answer) -> Explanation:
    """Return what each chosen site adds, who would replace it, and what is lost without it, in residents.

    With ``p_median`` it is minutes of walking of all residents together; with ``p_center`` and ``equity``, whose aim is
    not to serve most people, nobody is named to replace a site.
    """
    request, chosen = prepared.request, answer.certificate.chosen
    if request.model == "p_median":
        whole = explain(prepared.problem, chosen, penalty=prepared.penalty_minutes)
        is_site = whole.site < len(prepared.candidates)
        return Explanation(*(getattr(whole, name)[is_site] for name in Explanation.__slots__))
    found = explain(prepared.cover, chosen, budget=request.budget)
    if request.model in {"p_center", "equity"}:
        # A replacement that serves more people would not serve the aim: what is lost is what the site alone serves.
        return replace(found, runner_up=np.full_like(found.runner_up, -1), regret=found.alone)
    return found


def tried(prepared: Prepared, answer: Answer, report: Report) -> Robustness | None:
    """Return in how many perturbed worlds each site is chosen again; None for models that weigh walks."""
    request, chosen = prepared.request, answer.certificate.chosen
    if request.model in {"p_median", "p_center"} or not len(chosen):
        return None
    return robustness(
        prepared.wide,
        chosen,
        limit=float(request.minutes),
        clock=perf_counter,
        budget=request.budget,
        worlds=WORLDS,
        seed=request.seed,
        report=report,
        time_limit_s=request.time_limit_s * AFTERWARDS,
    )


def ordered(prepared: Prepared, answer: Answer, report: Report) -> BuildOrder | None:
    """Return the year in which each chosen site is built; None where no years were asked."""
    request, chosen = prepared.request, answer.certificate.chosen
    if not request.years or not len(chosen):
        return None
    outside = np.ones(len(prepared.candidates), bool)
    outside[chosen] = False
    spent = [amount for _, amount in request.years]
    by_money = request.model == "budget"
    return build_order(
        replace(prepared.cover, must_not=outside),
        clock=perf_counter,
        sites_per_year=None if by_money else [int(amount) for amount in spent],
        budget_per_year=spent if by_money else None,
        report=report,
        time_limit_s=request.time_limit_s * AFTERWARDS,
    )


def _options(prepared: Prepared, report: Report) -> dict[str, Any]:
    return {"clock": perf_counter, "report": report, "time_limit_s": float(prepared.request.time_limit_s)}


def _count(prepared: Prepared) -> int:
    """Return how many sites may be chosen.

    Raises
    ------
    WordedError
        When there are fewer candidates.
    """
    count = prepared.request.count or 0
    allowed = int(np.count_nonzero(~prepared.candidates.table["is_barred"].to_numpy()))
    if count > allowed:
        raise WordedError("siting.too_few_candidates", count=count, most=allowed)
    return count


def _set_cover(prepared: Prepared, report: Report) -> Answer:
    found = set_cover(prepared.problem, gap=prepared.request.gap, **_options(prepared, report))
    lost = float(prepared.problem.weight[found.out_of_reach].sum())
    return Answer(found.certificate, "sites", notes={"out_of_reach": lost})


def _median(prepared: Prepared, report: Report) -> Answer:
    people = float(prepared.problem.weight.sum())
    found = p_median(
        prepared.problem,
        _count(prepared) + 1,
        penalty=prepared.penalty_minutes,
        gap=prepared.request.gap,
        **_options(prepared, _in_unit(report, people)),
    )
    existing = len(prepared.candidates)
    before = explain(prepared.problem, [existing], penalty=prepared.penalty_minutes)
    today = prepared.penalty_minutes - float(before.alone[-1]) / people
    return Answer(_without(found, existing), "mean_minutes", people, {"mean_before": today})


def _center(prepared: Prepared, report: Report) -> Answer:
    found = p_center(prepared.problem, _count(prepared), **_options(prepared, report))
    lost = float(prepared.problem.weight[found.out_of_reach].sum())
    return Answer(found.certificate, "minutes", notes={"out_of_reach": lost})


def _equity(prepared: Prepared, report: Report) -> Answer:
    found = equitable_cover(
        prepared.problem, _count(prepared) + 1, gap=prepared.request.gap, **_options(prepared, report)
    )
    return Answer(_without(found.certificate, len(prepared.candidates)), "share")


def _without(certificate: Certificate, existing: int) -> Certificate:
    """Return the certificate without the stand-in for existing venues among the chosen."""
    return replace(certificate, chosen=certificate.chosen[certificate.chosen != existing])


def _in_unit(report: Report, scale: float) -> Report:
    def scaled(stage: str, share: float, objective: float | None, bound: float | None) -> bool:
        values = (None if value is None else value / scale for value in (objective, bound))
        return report(stage, share, *values)

    return scaled


def _cover(prepared: Prepared, report: Report) -> Answer:
    request = prepared.request
    options = {"gap": request.gap, "seed": request.seed, **_options(prepared, report)}
    if request.model == "capacitated":
        return Answer(capacitated_cover(prepared.problem, _count(prepared), **options), "residents")
    if request.budget is not None:
        return Answer(maximal_cover_budget(prepared.problem, request.budget, **options), "residents")
    return Answer(maximal_cover(prepared.problem, _count(prepared), **options), "residents")


MODELS: Mapping[str, Callable[[Prepared, Report], Answer]] = {
    "mclp": _cover,
    "budget": _cover,
    "capacitated": _cover,
    "lscp": _set_cover,
    "p_median": _median,
    "p_center": _center,
    "equity": _equity,
}
