"""The compiled loop over sites and the cells in their reach; ``analytics.standards.amounts`` is the door to it."""

from __future__ import annotations

from numba import njit


@njit(nogil=True, cache=True)
def add_up(pairs, first, worth, amount, kinds):  # type: ignore[no-untyped-def]
    """Add what each site of a part is worth to every cell that reaches it within a clause's radius."""
    start, cell, cost = pairs
    added, bits, radius, kinds_column = worth
    for place in range(start.size - 1):
        site = first + place
        for pair in range(start[place], start[place + 1]):
            i = cell[pair]
            for column in range(radius.size):
                if cost[pair] > radius[column]:
                    continue
                if column == kinds_column:
                    kinds[i] |= bits[site]
                else:
                    amount[i, column] += added[site, column]
