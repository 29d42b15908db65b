"""The figures of the circles page as plain values: residents of each region and group, inside the circle or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.accessibility import GROUPS
from components.circles_choice import CirclesChoice
from warehouse.queries.circles import AGE_GROUPS, HoursKnown

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """Residents of a group in a region, those inside at their own pace, and those inside at 4.8 km/h."""

    residents: float
    own: float
    fast: float

    @property
    def own_share(self) -> float | None:
        """Share inside at their own pace; None where nobody lives."""
        return self.own / self.residents if self.residents > 0 else None

    @property
    def fast_share(self) -> float | None:
        """Share inside at the adult pace; None where nobody lives."""
        return self.fast / self.residents if self.residents > 0 else None

    @property
    def overstated(self) -> float:
        """People whom the one-speed figure counts too many."""
        return self.fast - self.own


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """The groups of one region that are known, by code."""

    groups: Mapping[str, GroupFigure]

    @property
    def together(self) -> GroupFigure | None:
        """The four age groups together, each at its own pace; None where one of them is not known."""
        ages = [self.groups.get(code) for code in AGE_GROUPS]
        known = [age for age in ages if age is not None]
        if len(known) < len(ages):
            return None
        return GroupFigure(
            sum(age.residents for age in known), sum(age.own for age in known), sum(age.fast for age in known)
        )


@dataclass(frozen=True, slots=True)
class CirclesView:
    """What the page shows of one choice.

    Attributes
    ----------
    choice : CirclesChoice
        The choice.
    names : mapping of str to str
        Region code -> name.
    figures : mapping of str to RegionFigures
        Region code -> figures; regions without population are missing.
    hours : HoursKnown or None
        What is known of the hours of venues; None where the build does not know any.
    twilight : (int, int) or None
        Civil dawn and dusk, minutes of the day.
    is_demo : bool
        Whether a dataset behind the figures is generated.
    """

    choice: CirclesChoice
    names: Mapping[str, str]
    figures: Mapping[str, RegionFigures]
    hours: HoursKnown | None
    twilight: tuple[int, int] | None
    is_demo: bool

    @property
    def region_name(self) -> str:
        """Name of the chosen area."""
        return self.names[self.choice.region_code]

    @property
    def own(self) -> RegionFigures | None:
        """Figures of the chosen area."""
        return self.figures.get(self.choice.region_code)


def figures_of(frame: pl.DataFrame) -> dict[str, RegionFigures]:
    """Return figures by region from rows of ``warehouse.queries.circles.group_coverage``, groups in their order."""
    found: dict[str, dict[str, GroupFigure]] = {}
    columns = ("region_code", "group_code", "resident_count", "covered_count", "covered_at_adult_pace_count")
    for code, group, residents, own, fast in frame.select(columns).iter_rows():
        found.setdefault(code, {})[group] = GroupFigure(residents, own, fast)
    return {
        code: RegionFigures({group: groups[group] for group in GROUPS if group in groups})
        for code, groups in found.items()
    }
