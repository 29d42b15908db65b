"""Compiled loops of the covering models: greedy choice, annealing over swaps, dual ascent, and counting of overlaps.

All of them keep, for every demand point, how many chosen sites reach it, and for every site its gain: what it would add
if it is not chosen, what dropping it would lose if it is. Both change only around a site that is added or dropped, so
that looking at a move costs a few nanoseconds and only moves that are made cost a walk over demand points. Weights are
whole numbers here, hence sums are exact whatever the order; random numbers are drawn by the loops themselves, hence
the same on every machine.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

# Places of the scalar state that a search keeps between two calls.
CHOSEN_COUNT, FREE_COUNT, COVERED, BEST, BEST_COUNT = range(5)
STATE_SIZE = 5


@njit(nogil=True, cache=True)
def draw(seed):  # type: ignore[no-untyped-def]
    """Return the next number of 63 bits of an xorshift64* generator whose state is ``seed[0]``."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(1))


@njit(nogil=True, cache=True)
def add_site(site, graph, units, taken, count, gain):  # type: ignore[no-untyped-def]
    """Choose a site: counts, gains of sites around it and losses of sole owners follow."""
    start, demand, back_start, back_site = graph
    for k in range(start[site], start[site + 1]):
        i = demand[k]
        before = count[i]
        count[i] = before + 1
        if before == 0:
            for b in range(back_start[i], back_start[i + 1]):
                if back_site[b] != site:
                    gain[back_site[b]] -= units[i]
        elif before == 1:
            for b in range(back_start[i], back_start[i + 1]):
                if taken[back_site[b]]:
                    gain[back_site[b]] -= units[i]
                    break
    taken[site] = 1


@njit(nogil=True, cache=True)
def drop_site(site, graph, units, taken, count, gain):  # type: ignore[no-untyped-def]
    """Undo `add_site`."""
    start, demand, back_start, back_site = graph
    taken[site] = 0
    for k in range(start[site], start[site + 1]):
        i = demand[k]
        before = count[i]
        count[i] = before - 1
        if before == 1:
            for b in range(back_start[i], back_start[i + 1]):
                if back_site[b] != site:
                    gain[back_site[b]] += units[i]
        elif before == 2:
            for b in range(back_start[i], back_start[i + 1]):
                if taken[back_site[b]]:
                    gain[back_site[b]] += units[i]
                    break


@njit(nogil=True, cache=True)
def fill(graph, units, price, limit, budget, power, worth, taken, count, gain):  # type: ignore[no-untyped-def]
    """Add sites by the largest ``(gain - worth * price) / price ** power`` while one fits; return weight and rest."""
    added, left, held = np.int64(0), budget, np.int64(0)
    for site in range(taken.size):
        held += taken[site]
    while held < limit:
        best, best_value = -1, 0.0
        for site in range(taken.size):
            if not taken[site] and gain[site] > 0 and price[site] <= left:
                value = (gain[site] - worth * price[site]) / max(price[site], 1e-12) ** power
                if best < 0 or value > best_value:
                    best, best_value = site, value
        if best < 0:
            break
        added += gain[best]
        left -= price[best]
        add_site(best, graph, units, taken, count, gain)
        held += 1
    return added, left


@njit(nogil=True, cache=True)
def shared_units(site, other, graph, units, count):  # type: ignore[no-untyped-def]
    """Return the weight that both sites reach and no other chosen site than one of them."""
    start, demand, _, _ = graph
    a, b = start[site], start[other]
    a_end, b_end = start[site + 1], start[other + 1]
    total = np.int64(0)
    while a < a_end and b < b_end:
        i, j = demand[a], demand[b]
        if i == j:
            if count[i] == 1:
                total += units[i]
            a += 1
            b += 1
        elif i < j:
            a += 1
        else:
            b += 1
    return total


@njit(nogil=True, cache=True)
def find(near_start, near_site, site, other):  # type: ignore[no-untyped-def]
    """Return the place of ``other`` among the neighbours of ``site``, -1 where they share nothing."""
    low, high = near_start[site], near_start[site + 1]
    while low < high:
        middle = (low + high) >> 1
        if near_site[middle] < other:
            low = middle + 1
        else:
            high = middle
    return low if low < near_start[site + 1] and near_site[low] == other else -1


@njit(nogil=True, cache=True)
def make_move(out, entering, graph, units, price, money, state, order, place, best, taken, count, gain):  # type: ignore[no-untyped-def]
    """Drop a site, add another (either may be -1), and keep the best sites so far."""
    if out >= 0:
        state[COVERED] -= gain[out]
        money[0] += price[out]
        drop_site(out, graph, units, taken, count, gain)
    if entering >= 0:
        state[COVERED] += gain[entering]
        money[0] -= price[entering]
        add_site(entering, graph, units, taken, count, gain)
    if out >= 0 and entering >= 0:
        a, b = place[out], place[entering]
    elif out >= 0:
        state[CHOSEN_COUNT] -= 1
        state[FREE_COUNT] += 1
        a, b = place[out], state[CHOSEN_COUNT]
    else:
        a, b = place[entering], state[CHOSEN_COUNT]
        state[CHOSEN_COUNT] += 1
        state[FREE_COUNT] -= 1
    order[a], order[b] = order[b], order[a]
    place[order[a]], place[order[b]] = a, b
    if state[COVERED] > state[BEST]:
        state[BEST] = state[COVERED]
        state[BEST_COUNT] = state[CHOSEN_COUNT]
        for c in range(state[CHOSEN_COUNT]):
            best[c] = order[c]


@njit(nogil=True, cache=True)
def anneal(  # type: ignore[no-untyped-def]
    graph, near, units, price, limit, money, worth, schedule, seed, state, order, place, best, taken, count, gain
):
    """Make the moves ``first:last`` of a schedule of swaps, additions and drops under simulated annealing.

    Parameters
    ----------
    graph : start, demand, back_start, back_site
        Demand points of each site and sites of each demand point (CSR, ascending).
    near : near_start, near_site, near_units
        Sites that share demand with each site, and the weight that they share.
    price, limit, money, worth
        Price of each site, most sites, money left (array of one), and units of weight that one unit of money is worth.
    schedule : first, last, moves, hot, cold
        Temperature falls from ``hot`` to ``cold`` geometrically over ``moves`` moves.
    seed, state, order, place, best
        State between calls: random numbers, scalars, chosen sites then free ones, place of each site in that order,
        and the best sites so far.
    """
    near_start, near_site, near_units = near
    first, last, moves, hot, cold = schedule
    has_price = worth > 0.0
    cooling = np.log(cold / hot) / moves
    temperature = hot
    for move in range(first, last):
        if move % 1024 == 0 or move == first:
            temperature = hot * np.exp(cooling * (move - move % 1024))
        chosen, free = state[CHOSEN_COUNT], state[FREE_COUNT]
        if limit == 0 or free == 0:
            break
        kind = draw(seed)
        threshold = temperature * np.log((draw(seed) + 1.0) / 9.223372036854775807e18)
        # Drops make sense only where money is short: the place of a dropped site could always be filled again.
        if has_price and chosen > 0 and kind % 16 == 0:
            k = (kind >> 8) % chosen
            out = order[k]
            if worth * price[out] - gain[out] < threshold:
                continue
            entering = -1
        elif chosen < limit and kind % 16 < 8 and free > 0:
            out = -1
            entering = order[chosen + (kind >> 8) % free]
            if price[entering] > money[0] or gain[entering] - worth * price[entering] < threshold:
                continue
        elif chosen > 0 and free > 0:
            k = (kind >> 8) % chosen
            out = order[k]
            degree = near_start[out + 1] - near_start[out]
            shared = np.int64(0)
            if degree > 0 and (kind >> 4) % 4 != 0:
                n = near_start[out] + draw(seed) % degree
                entering = np.int64(near_site[n])
                if taken[entering]:
                    continue
                shared = near_units[n]
            else:
                entering = np.int64(order[chosen + draw(seed) % free])
                n = find(near_start, near_site, out, entering)
                if n >= 0:
                    shared = near_units[n]
            if price[entering] - price[out] > money[0]:
                continue
            paid = worth * (price[entering] - price[out])
            least = gain[entering] - gain[out]
            if least + min(shared, gain[out]) - paid < threshold:
                continue
            is_open = least - paid < threshold
            if is_open and least + shared_units(out, entering, graph, units, count) - paid < threshold:
                continue
        else:
            continue
        make_move(out, entering, graph, units, price, money, state, order, place, best, taken, count, gain)


@njit(nogil=True, cache=True)
def overlaps(graph, units):  # type: ignore[no-untyped-def]
    """Return the sites that share demand with each site (CSR, ascending) and the weight that they share."""
    start, demand, back_start, back_site = graph
    sites = start.size - 1
    total = np.zeros(sites, np.int64)
    touched = np.empty(sites, np.int32)
    near_start = np.zeros(sites + 1, np.int64)
    near_site, near_units = np.empty(16 * sites, np.int32), np.empty(16 * sites, np.int64)
    filled = np.int64(0)
    for site in range(sites):
        touched_count = 0
        for k in range(start[site], start[site + 1]):
            i = demand[k]
            for b in range(back_start[i], back_start[i + 1]):
                other = back_site[b]
                if total[other] == 0:
                    touched[touched_count] = other
                    touched_count += 1
                total[other] += units[i]
        if filled + touched_count > near_site.size:
            more = max(2 * near_site.size, filled + touched_count) - near_site.size
            near_site = np.concatenate((near_site, np.empty(more, np.int32)))
            near_units = np.concatenate((near_units, np.empty(more, np.int64)))
        touched[:touched_count].sort()
        for t in range(touched_count):
            other = touched[t]
            if other != site:
                near_site[filled] = other
                near_units[filled] = total[other]
                filled += 1
            total[other] = 0
        near_start[site + 1] = filled
    return near_start, near_site[:filled].copy(), near_units[:filled].copy()


@njit(nogil=True, cache=True)
def same_sets(order, key, back_start, back_site):  # type: ignore[no-untyped-def]
    """Give demand points, sorted by ``key``, numbers that exactly those with equal sets of sites share."""
    group = np.empty(order.size, np.int64)
    first = np.int64(-1)
    groups = np.int64(-1)
    for k in range(order.size):
        i = order[k]
        is_same = first >= 0 and key[i] == key[first]
        if is_same:
            a, b = back_start[first], back_start[i]
            size = back_start[i + 1] - b
            is_same = size == back_start[first + 1] - a
            place = 0
            while is_same and place < size:
                is_same = back_site[a + place] == back_site[b + place]
                place += 1
        if not is_same:
            groups += 1
            first = i
        group[k] = groups
    return group, groups + 1


@njit(nogil=True, cache=True)
def is_within(site, other, start, demand):  # type: ignore[no-untyped-def]
    """Return whether one site reaches all that the other does."""
    a, b = start[site], start[other]
    a_end, b_end = start[site + 1], start[other + 1]
    while a < a_end:
        if a_end - a > b_end - b:
            return False
        if demand[a] == demand[b]:
            a += 1
        elif demand[a] < demand[b]:
            return False
        b += 1
    return True


@njit(nogil=True, cache=True)
def dominated(graph, price):  # type: ignore[no-untyped-def]
    """Return which sites reach nothing that one other site, no dearer, does not reach; of equals the first stays."""
    start, demand, back_start, back_site = graph
    sites = start.size - 1
    is_dominated = np.zeros(sites, np.uint8)
    for site in range(sites):
        if start[site] == start[site + 1]:
            is_dominated[site] = 1
            continue
        # Who dominates the site reaches also that of its demand points which fewest sites reach.
        rare = demand[start[site]]
        for k in range(start[site], start[site + 1]):
            i = demand[k]
            if back_start[i + 1] - back_start[i] < back_start[rare + 1] - back_start[rare]:
                rare = i
        size = start[site + 1] - start[site]
        for b in range(back_start[rare], back_start[rare + 1]):
            other = back_site[b]
            other_size = start[other + 1] - start[other]
            if other == site or is_dominated[other] or other_size < size or price[other] > price[site]:
                continue
            if other_size == size and price[other] == price[site] and site < other:
                continue
            if is_within(site, other, start, demand):
                is_dominated[site] = 1
                break
    return is_dominated


@njit(nogil=True, cache=True)
def site_values(graph, dual, value):  # type: ignore[no-untyped-def]
    """Sum the duals of the demand points that each site reaches."""
    start, demand, _, _ = graph
    for site in range(start.size - 1):
        total = 0.0
        for k in range(start[site], start[site + 1]):
            total += dual[demand[k]]
        value[site] = total


@njit(nogil=True, cache=True)
def step_duals(graph, weight, dual, opened, momentum, memory, length, target):  # type: ignore[no-untyped-def]
    """Move the duals against a deflected subgradient: up where nothing covers, down where several do."""
    _, _, back_start, back_site = graph
    square = 0.0
    for i in range(weight.size):
        slope = 1.0
        for b in range(back_start[i], back_start[i + 1]):
            slope -= opened[back_site[b]]
        if (dual[i] <= 0.0 and slope < 0.0) or (dual[i] >= weight[i] and slope > 0.0):
            slope = 0.0
        memory[i] = slope + momentum * memory[i]
        square += memory[i] * memory[i]
    if square <= 0.0:
        return False
    step = length * target / square
    for i in range(weight.size):
        dual[i] = min(max(dual[i] + step * memory[i], 0.0), weight[i])
    return True
