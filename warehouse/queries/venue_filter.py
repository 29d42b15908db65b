"""Which venues count: the filter that map, tiles, circles and cards share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kernel.categories import CATEGORIES, FEES
from kernel.errors import UsageError

FeeCode = Literal["all", "free"]
DistanceKind = Literal["network", "straight"]
MINUTES = (5, 10, 15)
DEFAULT_MINUTES = 10


@dataclass(frozen=True, slots=True)
class VenueFilter:
    """Qualifying venues: categories, empty for all of them, and fee.

    Attributes
    ----------
    categories : frozenset of str
        Codes of :data:`kernel.categories.CATEGORIES`; empty means every category.
    fee_code : {"all", "free"}
        Whether venues that charge count too.
    """

    categories: frozenset[str] = frozenset()
    fee_code: FeeCode = "all"

    @property
    def category_code(self) -> str | None:
        """``all`` or the one category, as the marts name it; None for a choice of several."""
        if not self.categories:
            return "all"
        return next(iter(self.categories)) if len(self.categories) == 1 else None

    @property
    def fingerprint(self) -> str:
        """Text that is equal for equal filters; a cache key part."""
        return f"{','.join(sorted(self.categories)) or '*'}|{self.fee_code}"

    def accepts(
        self, category: npt.NDArray[np.uint8], fee: npt.NDArray[np.uint8], is_open: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Return which venues count, from their category and fee numbers."""
        keep = np.array(is_open, bool)
        if self.categories:
            keep &= np.isin(category, [CATEGORIES.index(code) for code in self.categories])
        if self.fee_code == "free":
            keep &= fee == FEES.index("free")
        return keep


def read_filter(query: Mapping[str, str]) -> VenueFilter:
    """Return the filter that an address asks for (``categories=a,b&fee=free``).

    Raises
    ------
    UsageError
        When a category or a fee does not exist.
    """
    categories = frozenset(code for code in query.get("categories", "").split(",") if code)
    fee = query.get("fee", "all")
    unknown = sorted(categories - set(CATEGORIES))
    if unknown or fee not in {"all", "free"}:
        raise UsageError(
            f"There is no venue filter {', '.join([*unknown, fee])}.",
            fix=f"categories: {', '.join(CATEGORIES)}; fee: all, free.",
        )
    # Every category at once is the same question as no category.
    return VenueFilter(
        frozenset() if len(categories) == len(CATEGORIES) else categories, "free" if fee == "free" else "all"
    )


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
