"""Forms of the index: which dimension of an indicator goes into which part, and what the parts weigh.

The plan names seven parts in its text (群众体育、竞技体育、体育产业、体育文化、体育科研、体育赛事、体育服务) and five
in its annex (群体体育、竞技体育、体育保障、体育产业、体育文化); the union of both has eight. Support (体育保障) is
funds, staff and facilities: it is made of indicators that stand in other dimensions of the seven, so that nothing is
counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Indicators of funds, staff and facilities: they leave their dimension where a form has the part ``support``.
SUPPORT_CODES = frozenset(
    {
        "athlete_per_coach",
        "equipment_intact_pct",
        "fund_on_schedule_pct",
        "instructor_per_1000",
        "research_funding_cny",
        "sensor_coverage_pct",
        "trail_km_per_10k",
        "venue_area_per_capita",
        "venue_count_per_10k",
    }
)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to cut the index into parts.

    Attributes
    ----------
    code : {"seven", "five", "eight"}
        Name.
    weight : mapping of str to float
        Part to its weight, in the order in which parts are shown; the sum is 1.
    part : mapping of str to str
        Dimension of an indicator (`analytics.indicator.DIMENSIONS`) to part.
    has_support : bool
        Whether the indicators of :data:`SUPPORT_CODES` go to ``support`` whatever their dimension.
    """

    code: str
    weight: Mapping[str, float]
    part: Mapping[str, str]
    has_support: bool


# A working proposal of the platform, not an official system; the page lets everybody change it.
_SEVEN = {
    "mass": 0.22,
    "elite": 0.16,
    "industry": 0.18,
    "culture": 0.08,
    "research": 0.08,
    "events": 0.12,
    "service": 0.16,
}
_SUPPORT_WEIGHT = 0.12
_SAME = {dimension: dimension for dimension in _SEVEN}

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "seven": Form("seven", MappingProxyType(_SEVEN), MappingProxyType(_SAME), has_support=False),
        # Each part weighs what its dimensions weigh in the seven. Events are part of the industry as in the national
        # classification of the sports industry (class 02, competitions and performances).
        "five": Form(
            "five",
            MappingProxyType({"mass": 0.22, "elite": 0.16, "support": 0.24, "industry": 0.30, "culture": 0.08}),
            MappingProxyType({**_SAME, "events": "industry", "research": "support", "service": "support"}),
            has_support=True,
        ),
        "eight": Form(
            "eight",
            MappingProxyType(
                {part: weight * (1 - _SUPPORT_WEIGHT) for part, weight in _SEVEN.items()} | {"support": _SUPPORT_WEIGHT}
            ),
            MappingProxyType(_SAME),
            has_support=True,
        ),
    }
)


def part_of(form: Form, code: str, dimension: str) -> str:
    """Return the part of a form that an indicator belongs to.

    Raises
    ------
    KeyError
        When the form does not know the dimension.
    """
    if form.has_support and code in SUPPORT_CODES:
        return "support"
    return form.part[dimension]
