"""Compiled loops of capacitated covering: a largest flow kept up to date while sites come and go, and the dual bound.

Demand flows to chosen sites within its reach, as much as their capacity allows; a demand point may be split. Adding a
site can only open new ways that end there, and dropping one only new ways that begin where its visitors are, so a swap
is answered by a few searches near the two sites instead of a new flow. Amounts are whole numbers: flows are exact.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

from analytics.siting.cover_kernels import draw

# Places of the scalar state.
TOTAL, CHOSEN_COUNT, BEST, LOG_COUNT, ROUND = range(5)
STATE_SIZE = 5


@njit(nogil=True, cache=True)
def send(pair, amount, graph, flow, log, state):  # type: ignore[no-untyped-def]
    """Change the flow of a pair and write it down, so that it can be undone."""
    demand, owner = graph[1], graph[5]
    amounts, unserved, spare = flow
    amounts[pair] += amount
    unserved[demand[pair]] -= amount
    spare[owner[pair]] -= amount
    place = state[LOG_COUNT]
    if place < log.shape[0]:
        log[place, 0], log[place, 1] = pair, amount
    state[LOG_COUNT] = place + 1
    state[TOTAL] += amount


@njit(nogil=True, cache=True)
def pull(site, graph, flow, taken, seen, ways, log, state):  # type: ignore[no-untyped-def]
    """Fill a site: from demand in reach that is not served, then by taking over from sites that can serve others."""
    start, demand, back_start, back_site, back_pair, _ = graph
    amounts, unserved, spare = flow
    seen_demand, seen_site = seen
    way_demand, way_site, queue = ways
    for k in range(start[site], start[site + 1]):
        if spare[site] == 0:
            return
        if unserved[demand[k]] > 0:
            send(k, min(unserved[demand[k]], spare[site]), graph, flow, log, state)
    while spare[site] > 0:
        state[ROUND] += 1
        mark = state[ROUND]
        seen_site[site] = mark
        queue[0] = site
        head, tail, found = 0, 1, -1
        while head < tail and found < 0:
            here = queue[head]
            head += 1
            for k in range(start[here], start[here + 1]):
                i = demand[k]
                if seen_demand[i] == mark:
                    continue
                seen_demand[i] = mark
                way_demand[i] = k
                if unserved[i] > 0:
                    found = i
                    break
                for b in range(back_start[i], back_start[i + 1]):
                    other = back_site[b]
                    if taken[other] and seen_site[other] != mark and amounts[back_pair[b]] > 0:
                        seen_site[other] = mark
                        way_site[other] = back_pair[b]
                        queue[tail] = other
                        tail += 1
        if found < 0:
            return
        amount = min(unserved[found], spare[site])
        owner = graph[5]
        i = found
        while owner[way_demand[i]] != site:
            release = way_site[owner[way_demand[i]]]
            amount = min(amount, amounts[release])
            i = demand[release]
        i = found
        while True:
            gained = way_demand[i]
            at = owner[gained]
            if at == site:
                send(gained, amount, graph, flow, log, state)
                break
            release = way_site[at]
            send(release, -amount, graph, flow, log, state)
            send(gained, amount, graph, flow, log, state)
            i = demand[release]


@njit(nogil=True, cache=True)
def place_visitors(site, graph, flow, taken, seen, ways, log, state):  # type: ignore[no-untyped-def]
    """Find other sites for demand that a dropped site served, moving others on where that makes room."""
    start, demand, back_start, back_site, back_pair, owner = graph
    amounts, unserved, spare = flow
    seen_demand, seen_site = seen
    way_demand, way_site, queue = ways
    for k in range(start[site], start[site + 1]):
        i = demand[k]
        for b in range(back_start[i], back_start[i + 1]):
            if unserved[i] == 0:
                break
            if taken[back_site[b]] and spare[back_site[b]] > 0:
                send(back_pair[b], min(unserved[i], spare[back_site[b]]), graph, flow, log, state)
    # What a failed search has seen leads nowhere, for later ones as well: marks older than `dead` are open.
    dead = state[ROUND]
    for k in range(start[site], start[site + 1]):
        origin = demand[k]
        while unserved[origin] > 0 and seen_demand[origin] <= dead:
            state[ROUND] += 1
            mark = state[ROUND]
            seen_demand[origin] = mark
            queue[0] = origin
            head, tail, found = 0, 1, -1
            while head < tail and found < 0:
                i = queue[head]
                head += 1
                for b in range(back_start[i], back_start[i + 1]):
                    there = back_site[b]
                    if not taken[there] or seen_site[there] > dead:
                        continue
                    seen_site[there] = mark
                    way_site[there] = back_pair[b]
                    if spare[there] > 0:
                        found = there
                        break
                    for k2 in range(start[there], start[there + 1]):
                        if amounts[k2] > 0 and seen_demand[demand[k2]] <= dead:
                            seen_demand[demand[k2]] = mark
                            way_demand[demand[k2]] = k2
                            queue[tail] = demand[k2]
                            tail += 1
            if found < 0:
                break
            amount = min(unserved[origin], spare[found])
            i = demand[way_site[found]]
            while i != origin:
                amount = min(amount, amounts[way_demand[i]])
                i = demand[way_site[owner[way_demand[i]]]]
            at = found
            while True:
                gained = way_site[at]
                i = demand[gained]
                if i == origin:
                    send(gained, amount, graph, flow, log, state)
                    break
                release = way_demand[i]
                send(release, -amount, graph, flow, log, state)
                send(gained, amount, graph, flow, log, state)
                at = owner[release]
            # The nodes of a search that succeeded are open again.
            for place in range(tail):
                seen_demand[queue[place]] = 0
                i = queue[place]
                for b in range(back_start[i], back_start[i + 1]):
                    if seen_site[back_site[b]] == mark:
                        seen_site[back_site[b]] = 0


@njit(nogil=True, cache=True)
def drop(site, graph, flow, taken, log, state):  # type: ignore[no-untyped-def]
    """Close a site: its visitors are not served for now."""
    start = graph[0]
    taken[site] = 0
    for k in range(start[site], start[site + 1]):
        if flow[0][k] > 0:
            send(k, -flow[0][k], graph, flow, log, state)


@njit(nogil=True, cache=True)
def undo(graph, flow, log, state):  # type: ignore[no-untyped-def]
    """Take back what is written down, the last first; return whether all of it was."""
    demand, owner = graph[1], graph[5]
    amounts, unserved, spare = flow
    if state[LOG_COUNT] > log.shape[0]:
        return False
    for place in range(state[LOG_COUNT] - 1, -1, -1):
        pair, amount = log[place, 0], log[place, 1]
        amounts[pair] -= amount
        unserved[demand[pair]] += amount
        spare[owner[pair]] += amount
        state[TOTAL] -= amount
    state[LOG_COUNT] = 0
    return True


@njit(nogil=True, cache=True)
def fill(graph, flow, taken, seen, ways, log, state, limit):  # type: ignore[no-untyped-def]
    """Add the site that serves most more, one by one (gains only fall, so most are looked at once or twice)."""
    start, demand = graph[0], graph[1]
    unserved, spare = flow[1], flow[2]
    sites = taken.size
    ceiling = np.empty(sites, np.int64)
    for site in range(sites):
        reachable = np.int64(0)
        for k in range(start[site], start[site + 1]):
            reachable += unserved[demand[k]]
        ceiling[site] = min(spare[site], reachable) if not taken[site] else -1
    while state[CHOSEN_COUNT] < limit:
        best, best_gain = -1, np.int64(0)
        order = np.argsort(-ceiling)
        for place in range(sites):
            site = order[place]
            if ceiling[site] <= best_gain:
                break
            before = state[TOTAL]
            state[LOG_COUNT] = 0
            taken[site] = 1
            pull(site, graph, flow, taken, seen, ways, log, state)
            ceiling[site] = state[TOTAL] - before
            if ceiling[site] > best_gain:
                best, best_gain = site, ceiling[site]
            undo(graph, flow, log, state)
            taken[site] = 0
        if best < 0:
            break
        state[LOG_COUNT] = 0
        taken[best] = 1
        ceiling[best] = -1
        pull(best, graph, flow, taken, seen, ways, log, state)
        state[CHOSEN_COUNT] += 1
    state[LOG_COUNT] = 0
    state[BEST] = state[TOTAL]


@njit(nogil=True, cache=True)
def anneal(graph, near, flow, taken, fixed, seen, ways, log, state, order, place, best, schedule, seed):  # type: ignore[no-untyped-def]
    """Make the moves ``first:last`` of a schedule of swaps; ``order`` holds chosen sites, then the free ones."""
    near_start, near_site = near
    first, last, moves, hot, cold = schedule
    chosen = state[CHOSEN_COUNT]
    free = order.size - chosen
    if chosen == 0 or free == 0:
        return
    cooling = np.log(cold / hot) / moves
    for move in range(first, last):
        temperature = hot * np.exp(cooling * move)
        out = order[draw(seed) % chosen]
        choice, uniform = draw(seed), draw(seed)
        degree = near_start[out + 1] - near_start[out]
        if choice % 2 == 0 and degree > 0:
            entering = np.int64(near_site[near_start[out] + (choice >> 8) % degree])
        else:
            entering = order[chosen + (choice >> 8) % free]
        if taken[entering] or fixed[out] or flow[2][entering] == 0:
            continue
        threshold = temperature * np.log((uniform + 1.0) / 9.223372036854775807e18)
        before = state[TOTAL]
        state[LOG_COUNT] = 0
        drop(out, graph, flow, taken, log, state)
        taken[entering] = 1
        pull(entering, graph, flow, taken, seen, ways, log, state)
        place_visitors(out, graph, flow, taken, seen, ways, log, state)
        if state[TOTAL] - before < threshold and undo(graph, flow, log, state):
            taken[entering], taken[out] = 0, 1
            continue
        a, b = place[out], place[entering]
        order[a], order[b] = entering, out
        place[entering], place[out] = a, b
        if state[TOTAL] > state[BEST]:
            state[BEST] = state[TOTAL]
            for c in range(chosen):
                best[c] = order[c]


@njit(nogil=True, cache=True)
def site_worths(graph, weight, capacity, dual, worth, marginal):  # type: ignore[no-untyped-def]
    """Fill each site with the demand it earns most by: ``1 - dual`` each, up to its capacity.

    ``marginal`` becomes the dual at which a site is full, 1 where it is not: what lies below is served whole.
    """
    start, demand = graph[0], graph[1]
    for site in range(start.size - 1):
        first, size = start[site], start[site + 1] - start[site]
        duals = np.empty(size)
        for k in range(size):
            duals[k] = dual[demand[first + k]]
        order = np.argsort(duals)
        left, total = capacity[site], 0.0
        marginal[site] = 1.0
        for k in range(size):
            i = demand[first + order[k]]
            amount = min(weight[i], left)
            total += amount * (1.0 - dual[i])
            left -= amount
            if left <= 0.0:
                marginal[site] = dual[i]
                break
        worth[site] = total


@njit(nogil=True, cache=True)
def slopes(graph, weight, capacity, dual, chosen, slope):  # type: ignore[no-untyped-def]
    """Return, in ``slope``, what each demand point has left when the chosen sites serve what they earn most by."""
    start, demand = graph[0], graph[1]
    slope[:] = weight
    for site in chosen:
        first, size = start[site], start[site + 1] - start[site]
        duals = np.empty(size)
        for k in range(size):
            duals[k] = dual[demand[first + k]]
        order = np.argsort(duals)
        left = capacity[site]
        for k in range(size):
            i = demand[first + order[k]]
            if dual[i] >= 1.0 or left <= 0.0:
                break
            amount = min(weight[i], left)
            slope[i] -= amount
            left -= amount
