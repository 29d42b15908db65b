"""Which venues count: the filter that map, tiles, circles, cards and scenarios share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics.opening_hours import AFTER_CLASS, SLOT_MINUTES, week_mask, week_slot
from kernel.categories import CATEGORIES, FEES
from kernel.errors import UsageError
from warehouse.queries.daylight import is_dark

FeeCode = Literal["all", "free", "low"]
# Fee policies that each choice lets through; "all" asks nothing.
FEES_OF: Mapping[str, tuple[str, ...]] = {"free": ("free",), "low": ("free", "low")}
DistanceKind = Literal["network", "straight"]
MINUTES = (5, 10, 15)
DEFAULT_MINUTES = 10
# The month an address means when it names an hour only: September, when days are neither long nor short.
DEFAULT_MONTH = 9
SCHOOL = "school"
_AT = re.compile(r"([0-6])-([01][0-9]|2[0-3])([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class WeekTime:
    """A time of a normal week in the middle of a month.

    Attributes
    ----------
    weekday : int
        0 is Monday, 6 Sunday.
    minute : int
        Minute of the day, 0..1439; a whole quarter hour.
    month : int
        1..12: decides which outdoor venues need lamps, and hours that change with the season.
    """

    weekday: int
    minute: int
    month: int = DEFAULT_MONTH

    def __post_init__(self) -> None:
        is_time = 0 <= self.weekday <= 6 and 0 <= self.minute < 24 * 60 and 1 <= self.month <= 12
        if not is_time or self.minute % SLOT_MINUTES:
            raise UsageError(
                f"There is no weekday {self.weekday}, minute {self.minute}, month {self.month}.",
                fix="at: weekday 0 (Monday) to 6, a dash and a whole quarter hour, as 1-1900; month: 1 to 12.",
            )

    @property
    def slot(self) -> int:
        """Quarter hour of the week, 0..671."""
        return week_slot(self.weekday, self.minute)

    @property
    def text(self) -> str:
        """The time as an address writes it, ``1-1900``."""
        return f"{self.weekday}-{self.minute // 60:02d}{self.minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class VenueFilter:
    """Qualifying venues: categories, empty for all of them, fee, and who is open when.

    Attributes
    ----------
    categories : frozenset of str
        Codes of :data:`kernel.categories.CATEGORIES`; empty means every category.
    fee_code : {"all", "free", "low"}
        Whether venues that charge count too; "low" lets free venues and those with low fees through.
    at : WeekTime or None
        Only venues open then count, and after dark only those not known to be unlit. None asks no hours.
    schools : bool
        Whether venues of schools count.
    """

    categories: frozenset[str] = frozenset()
    fee_code: FeeCode = "all"
    at: WeekTime | None = None
    schools: bool = True

    @property
    def category_code(self) -> str | None:
        """``all`` or the one category, as the marts name it; None for a choice of several."""
        if not self.categories:
            return "all"
        return next(iter(self.categories)) if len(self.categories) == 1 else None

    @property
    def is_in_marts(self) -> bool:
        """Whether tables made at build time answer for it: every category or one, all fees or free, at any hour."""
        return self.category_code is not None and self.fee_code in {"all", "free"} and not self.needs_hours

    @property
    def needs_hours(self) -> bool:
        """Whether it asks for more than category and fee: the hour, or whose the venue is."""
        return self.at is not None or not self.schools

    @property
    def query(self) -> dict[str, str]:
        """The filter as parts of an address; `read_filter` is the way back. Parts that ask nothing are left out."""
        parts = {"categories": ",".join(code for code in CATEGORIES if code in self.categories)}
        parts["fee"] = "" if self.fee_code == "all" else self.fee_code
        if self.at is not None:
            parts |= {"at": self.at.text, "month": str(self.at.month)}
        parts["schools"] = "" if self.schools else "0"
        return {name: value for name, value in parts.items() if value}

    @property
    def fingerprint(self) -> str:
        """Text that is equal for equal filters; a cache key part."""
        text = f"{','.join(sorted(self.categories)) or '*'}|{self.fee_code}"
        hour = "" if self.at is None else f"|{self.at.text}|{self.at.month}"
        return text + hour + ("" if self.schools else "|no schools")

    def accepts(
        self, category: npt.NDArray[np.uint8], fee: npt.NDArray[np.uint8], is_open: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Return which venues pass by category and fee numbers; hours are added by ``queries.reach.qualifying``."""
        keep = np.array(is_open, bool)
        if self.categories:
            keep &= np.isin(category, [CATEGORIES.index(code) for code in self.categories])
        if self.fee_code != "all":
            keep &= np.isin(fee, [FEES.index(code) for code in FEES_OF[self.fee_code]])
        return keep

    def accepts_venue(  # noqa: PLR0917 - the columns of a venue, in the order of its contract
        self,
        category_code: str,
        fee: str | None,
        opening_hours: str | None,
        is_lit: bool | None,
        is_indoor: bool | None,
        owner_kind: str | None,
    ) -> bool:
        """Return whether one open venue would count that exists in a scenario only.

        Parameters
        ----------
        category_code : str
            Code of :data:`kernel.categories.CATEGORIES`.
        fee, opening_hours, is_lit, is_indoor, owner_kind
            As a delivery of venues would say them; None where unknown.
        """
        if self.categories and category_code not in self.categories:
            return False
        if self.fee_code != "all" and fee not in FEES_OF[self.fee_code]:
            return False
        if owner_kind == SCHOOL and not self.schools:
            return False
        if self.at is None:
            return True
        mask = _week(opening_hours or (AFTER_CLASS if owner_kind == SCHOOL else ""))
        if mask is not None and not mask[self.at.month - 1, self.at.slot]:
            return False
        needs_lamps = is_lit is False and is_indoor is not True
        return not (needs_lamps and is_dark(self.at.month, self.at.minute))


@lru_cache(maxsize=256)
def _week(text: str) -> npt.NDArray[np.bool_] | None:
    return week_mask(text) if text.strip() else None


def read_filter(query: Mapping[str, str]) -> VenueFilter:
    """Return the filter that an address asks for (``categories=a,b&fee=free&at=1-1900&month=11&schools=0``).

    Raises
    ------
    UsageError
        When a category, a fee, a time or a month does not exist.
    """
    categories = frozenset(code for code in query.get("categories", "").split(",") if code)
    fee, schools = query.get("fee", "all"), query.get("schools", "1")
    unknown = sorted(categories - set(CATEGORIES))
    if unknown or fee not in {"all", "free", "low"} or schools not in {"0", "1"}:
        raise UsageError(
            f"There is no venue filter {', '.join([*unknown, fee, schools])}.",
            fix=f"categories: {', '.join(CATEGORIES)}; fee: all, free, low; schools: 0, 1.",
        )
    return VenueFilter(
        # Every category at once is the same question as no category.
        frozenset() if len(categories) == len(CATEGORIES) else categories,
        "free" if fee == "free" else "low" if fee == "low" else "all",
        _time(query.get("at", ""), query.get("month", "")),
        schools == "1",
    )


def _time(at: str, month: str) -> WeekTime | None:
    if not at:
        return None
    found = _AT.fullmatch(at)
    if found is None or (month and not (month.isascii() and month.isdigit() and len(month) <= 2)):
        raise UsageError(
            f"There is no time {at!r} in month {month!r}.",
            fix="at: weekday 0 (Monday) to 6, a dash and the time, as 1-1900; month: 1 to 12.",
        )
    weekday, hours, minutes = (int(part) for part in found.groups())
    return WeekTime(weekday, hours * 60 + minutes, int(month) if month else DEFAULT_MONTH)


def read_distance(query: Mapping[str, str]) -> DistanceKind:
    """Return the kind of distance that an address asks for (``distance=straight``).

    Raises
    ------
    UsageError
        When there is no such kind.
    """
    kind = query.get("distance", "network")
    if kind == "network":
        return "network"
    if kind == "straight":
        return "straight"
    raise UsageError(f"There is no distance {kind!r}.", fix="distance: network, straight.")
