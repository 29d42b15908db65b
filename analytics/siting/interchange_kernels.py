"""Compiled greedy and interchange for "each demand point takes its cheapest open site or pays a penalty".

Maximal cover is the case of cost 0 and penalty 1. The interchange is Resende and Werneck's ("A fast swap-based local
search procedure for location problems", Annals of Operations Research 150, 2007): ``gain[j]`` is what opening ``j``
saves, ``loss[s]`` what closing slot ``s`` costs, ``extra[j, s]`` what both together save beyond that, and all three are
kept up to date only where a move changed somebody's nearest or second nearest site. Ties go to the smaller number, so
the same input gives the same answer.
"""

# ruff: noqa: PLR0917 - loops over plain arrays are what compiles well

from __future__ import annotations

from numba import njit

FREE, CLOSED, MUST = 0, 1, 2


@njit(nogil=True, cache=True)
def account(i, sign, pairs, demand, nearest, sums):  # type: ignore[no-untyped-def]
    """Add (sign 1) or take away (sign -1) what demand point ``i`` contributes to gain, loss and extra."""
    _, _, _, row_start, row_site, row_cost = pairs
    weight, _ = demand
    first, second, first_slot, _ = nearest
    gain, loss, extra = sums
    a, b, s = first[i], second[i], first_slot[i]
    w = sign * weight[i]
    if w == 0.0 or b <= 0.0:
        return
    if s >= 0:
        loss[s] += w * (b - a)
    for k in range(row_start[i], row_start[i + 1]):
        c = row_cost[k]
        if c >= b:
            break
        j = row_site[k]
        if c < a:
            gain[j] += w * (a - c)
            if s >= 0:
                extra[j, s] += w * (b - a)
        elif s >= 0:
            extra[j, s] += w * (b - c)


@njit(nogil=True, cache=True)
def begin(pairs, demand, nearest, sums):  # type: ignore[no-untyped-def]
    """Set up the state in which nothing is open."""
    weight, penalty = demand
    first, second, first_slot, second_slot = nearest
    gain, loss, extra = sums
    first[:] = penalty
    second[:] = penalty
    first_slot[:] = -1
    second_slot[:] = -1
    gain[:] = 0.0
    loss[:] = 0.0
    extra[:] = 0.0
    for i in range(weight.size):
        account(i, 1.0, pairs, demand, nearest, sums)


@njit(nogil=True, cache=True)
def open_site(j, s, pairs, demand, nearest, sums, slots):  # type: ignore[no-untyped-def]
    """Open site ``j`` in the empty slot ``s``."""
    site_start, site_demand, site_cost, _, _, _ = pairs
    first, second, first_slot, second_slot = nearest
    slot_site, site_slot = slots
    slot_site[s] = j
    site_slot[j] = s
    for k in range(site_start[j], site_start[j + 1]):
        i, c = site_demand[k], site_cost[k]
        if c >= second[i]:
            continue
        account(i, -1.0, pairs, demand, nearest, sums)
        if c < first[i]:
            second[i] = first[i]
            second_slot[i] = first_slot[i]
            first[i] = c
            first_slot[i] = s
        else:
            second[i] = c
            second_slot[i] = s
        account(i, 1.0, pairs, demand, nearest, sums)


@njit(nogil=True, cache=True)
def close_slot(s, pairs, demand, nearest, sums, slots):  # type: ignore[no-untyped-def]
    """Close the site in slot ``s``; who was served by it looks for the next open sites."""
    site_start, site_demand, _, row_start, row_site, row_cost = pairs
    _, penalty = demand
    first, second, first_slot, second_slot = nearest
    slot_site, site_slot = slots
    j = slot_site[s]
    site_slot[j] = -1
    slot_site[s] = -1
    for k in range(site_start[j], site_start[j + 1]):
        i = site_demand[k]
        if first_slot[i] != s and second_slot[i] != s:
            continue
        account(i, -1.0, pairs, demand, nearest, sums)
        first[i] = penalty
        second[i] = penalty
        first_slot[i] = -1
        second_slot[i] = -1
        for q in range(row_start[i], row_start[i + 1]):
            at = site_slot[row_site[q]]
            if at < 0 or row_cost[q] >= penalty:
                continue
            if first_slot[i] < 0:
                first[i] = row_cost[q]
                first_slot[i] = at
            else:
                second[i] = row_cost[q]
                second_slot[i] = at
                break
        account(i, 1.0, pairs, demand, nearest, sums)


@njit(nogil=True, cache=True)
def fill(rule, price, left, smallest, pairs, demand, nearest, sums, slots):  # type: ignore[no-untyped-def]
    """Open the best affordable site per price while it saves more than ``smallest``; return the money left."""
    slot_site, site_slot = slots
    gain = sums[0]
    while True:
        empty = -1
        for s in range(slot_site.size):
            if slot_site[s] < 0:
                empty = s
                break
        best, best_value = -1, 0.0
        for j in range(gain.size):
            if rule[j] == CLOSED or site_slot[j] >= 0 or price[j] > left or gain[j] <= smallest:
                continue
            value = gain[j] / price[j]
            if value > best_value:
                best, best_value = j, value
        if best < 0 or empty < 0:
            return left
        open_site(best, empty, pairs, demand, nearest, sums, slots)
        left -= price[best]


@njit(nogil=True, cache=True)
def improve(most, rule, price, left, smallest, pairs, demand, nearest, sums, slots):  # type: ignore[no-untyped-def]
    """Make at most ``most`` best moves (swap, or opening one that is affordable); return moves made, money left."""
    slot_site, site_slot = slots
    gain, loss, extra = sums
    moves = 0
    while moves < most:
        best, best_slot, best_value, empty = -1, -1, smallest, -1
        for s in range(slot_site.size):
            if slot_site[s] < 0:
                empty = s
                break
        for j in range(gain.size):
            if rule[j] == CLOSED or site_slot[j] >= 0:
                continue
            if empty >= 0 and price[j] <= left and gain[j] > best_value:
                best, best_slot, best_value = j, -1, gain[j]
            for s in range(slot_site.size):
                value = gain[j] - loss[s] + extra[j, s]
                if value > best_value:
                    r = slot_site[s]
                    if r >= 0 and rule[r] != MUST and price[j] - price[r] <= left:
                        best, best_slot, best_value = j, s, value
        if best < 0:
            break
        if best_slot >= 0:
            left += price[slot_site[best_slot]]
            close_slot(best_slot, pairs, demand, nearest, sums, slots)
        else:
            best_slot = empty
        open_site(best, best_slot, pairs, demand, nearest, sums, slots)
        left -= price[best]
        moves += 1
    return moves, left


@njit(nogil=True, cache=True)
def ease(price_of_point, pairs, demand, rho):  # type: ignore[no-untyped-def]
    """Set ``rho[j] = sum of max(0, weight * (penalty - cost) - price of the point)`` over the pairs of each site."""
    site_start, site_demand, site_cost, _, _, _ = pairs
    weight, penalty = demand
    for j in range(rho.size):
        total = 0.0
        for k in range(site_start[j], site_start[j + 1]):
            i = site_demand[k]
            value = weight[i] * (penalty - site_cost[k]) - price_of_point[i]
            if value > 0.0:
                total += value
        rho[j] = total


@njit(nogil=True, cache=True)
def takers(share, price_of_point, pairs, demand, slope):  # type: ignore[no-untyped-def]
    """Set ``slope[i]`` = 1 - how many chosen sites (by share) would serve the point at its price."""
    site_start, site_demand, site_cost, _, _, _ = pairs
    weight, penalty = demand
    slope[:] = 1.0
    for j in range(share.size):
        if share[j] <= 0.0:
            continue
        for k in range(site_start[j], site_start[j + 1]):
            i = site_demand[k]
            if weight[i] * (penalty - site_cost[k]) > price_of_point[i]:
                slope[i] -= share[j]
