"""What a visitor of the circles page has chosen: read from an address or from the controls, and said in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from components.planning_filter import Choice, choice_of_address, choice_of_controls
from kernel.categories import CATEGORIES
from kernel.errors import UsageError
from kernel.words import t
from warehouse.queries.venue_filter import WeekTime

NONE = "none"


@dataclass(frozen=True, slots=True)
class CirclesChoice:
    """The venues that count, the minutes, whose circle it is, and whom it is compared with.

    Attributes
    ----------
    circle : Choice
        Venues and minutes.
    region_code : str
        The area.
    other_code : str or None
        Area to compare it with.
    """

    circle: Choice
    region_code: str
    other_code: str | None = None

    @property
    def query(self) -> dict[str, str]:
        """The choice as parts of an address; `read_choice` is the way back."""
        parts = {**self.circle.query, "region": self.region_code}
        if self.other_code is not None:
            parts["with"] = self.other_code
        return parts


def read_choice(query: Mapping[str, str], known: Collection[str], root: str) -> CirclesChoice:
    """Return the choice that an address asks for; what it says wrongly falls back to the default.

    Parameters
    ----------
    query : mapping
        Query part of the address.
    known : collection of str
        Regions that the visitor may read.
    root : str
        Region that the page starts with.
    """
    region, other = query.get("region", ""), query.get("with", "")
    region = region if region in known else root
    return CirclesChoice(choice_of_address(query), region, other if other in known and other != region else None)


def choice_of_page(known: Collection[str], region: Any, other: Any, *circle: Any) -> CirclesChoice:
    """Return the choice of the page's controls.

    Parameters
    ----------
    known : collection of str
        Regions that the visitor may read.
    region, other
        Values of the page's own controls.
    *circle
        Values of minutes, categories, fee, weekday, time, month and schools.

    Raises
    ------
    UsageError
        When the browser sent something that the controls cannot say.
    """
    if region not in known or (other != NONE and other not in known):
        raise UsageError(f"There is no circle of {str(region)[:20]!r}.", fix="Use the controls of the page.")
    found = None if other in {NONE, region} else str(other)
    return CirclesChoice(choice_of_controls(*circle), str(region), found)


def clock_words(minute: int) -> str:
    """Return a minute of the day as a clock shows it: ``19:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def what_words(choice: Choice, lang: str) -> str:
    """Return what is to be reached: a free venue for basketball."""
    chosen = choice.venue_filter
    codes = [code for code in CATEGORIES if code in chosen.categories]
    fee = "" if chosen.fee_code == "all" else f"_{chosen.fee_code}"
    if len(codes) == 1:
        return t(f"circles.what{fee}_one", lang, category=category_words(codes[0], lang))
    if codes:
        return t(f"circles.what{fee}_several", lang, count=len(codes))
    return t(f"circles.what{fee or '_any'}", lang)


def category_words(code: str, lang: str) -> str:
    """Return the name of a category inside a sentence."""
    name = t(f"sport.category_{code}", lang)
    return name.lower() if lang == "en" else name


def question_words(choice: CirclesChoice, region_name: str, lang: str) -> str:
    """Return the question that the page answers: who in Nanjing can reach a free court on Tuesday at 19:00."""
    circle = choice.circle
    values = {"region": region_name, "minutes": circle.minutes, "what": what_words(circle, lang)}
    at = circle.venue_filter.at
    if at is None:
        return t("circles.sentence", lang, **values)
    return t("circles.sentence_at", lang, **values, **time_words(at, lang))


def time_words(at: WeekTime, lang: str) -> dict[str, str]:
    """Return month, day and time of a time of the week in words."""
    return {
        "month": t(f"planning.month_{at.month}", lang),
        "day": t(f"planning.weekday_{at.weekday}", lang),
        "time": clock_words(at.minute),
    }
