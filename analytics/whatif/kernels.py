"""Compiled loops of the what-if engine; ``analytics.whatif.engine`` is the door to them.

Labels are pairs (cost, owner) in lexicographic order, as in ``geodata.reach``: an unreached node costs limit + 1 and is
owned by -1, so no relaxation needs a test of the limit. Every node and cell that changes is written to a log once a
step, with what it was before; undoing is writing the log back.

Arrays come in groups: ``streets`` (arc_start, arc_node, arc_edge, edge_from, edge_to); ``costs`` of one way of walking
(arc_cost, edge_cost); ``doors`` of the build (offset, access, owner, start and order by edge, counted by owner);
``more``, what steps have added (edge, offset, access, owner, closed_at, mark by edge, link ends and costs, mark by
node, counts of doors and links); ``closed_at`` is the number of the application that closed the door, 0 while open;
``labels`` (cost, owner, log of node, cost and owner); ``space`` (mark by node, ring). A ``way`` is all that belongs to
one way of walking and is never replaced by a step: streets, costs, doors, more, cells (edge, offset, access, start and
order by edge), space, space of cells (mark, list) and people (residents by group, region, limits, first and last group,
residents covered). ``tops`` counts the entries in the logs of nodes and of cells.
"""

# ruff: noqa: PLR0912, PLR0917 - loops over plain arrays are what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

QUEUED, LOGGED = 1, 2


@njit(nogil=True, cache=True)
def _improve(v, cost, owner, labels, space, tops, queue):  # type: ignore[no-untyped-def]
    """Give a node a smaller label: log the old one, once a step, and queue the node."""
    label_cost, label_owner, log_node, log_cost, log_owner = labels
    mark, ring = space
    if not mark[v] & LOGGED:
        top = tops[0]
        log_node[top], log_cost[top], log_owner[top] = v, label_cost[v], label_owner[v]
        tops[0] = top + 1
        mark[v] |= np.uint8(LOGGED)
    label_cost[v] = np.uint16(cost)
    label_owner[v] = owner
    if not mark[v] & QUEUED:
        mark[v] |= np.uint8(QUEUED)
        slot = queue[0] + queue[1]
        ring[slot - ring.size if slot >= ring.size else slot] = v
        queue[1] += 1


@njit(nogil=True, cache=True)
def _offer(v, cost, owner, labels, space, tops, queue):  # type: ignore[no-untyped-def]
    known = np.int64(labels[0][v])
    if cost < known or (cost == known and owner < labels[1][v]):
        _improve(v, cost, owner, labels, space, tops, queue)


@njit(nogil=True, cache=True)
def _spread(streets, costs, more, labels, space, tops, queue):  # type: ignore[no-untyped-def]
    """Pass labels on until no arc and no link can improve one."""
    arc_start, arc_node, _, _, _ = streets
    arc_cost = costs[0]
    link_a, link_b, link_cost, node_mark, counts = more[6], more[7], more[8], more[9], more[10]
    label_cost, label_owner = labels[0], labels[1]
    mark, ring = space
    while queue[1] > 0:
        u = ring[queue[0]]
        queue[0] += 1
        if queue[0] == ring.size:
            queue[0] = 0
        queue[1] -= 1
        mark[u] &= np.uint8(~QUEUED & 0xFF)
        here, mine = np.int64(label_cost[u]), label_owner[u]
        for arc in range(arc_start[u], arc_start[u + 1]):
            v, new = arc_node[arc], here + np.int64(arc_cost[arc])
            known = np.int64(label_cost[v])
            if new < known or (new == known and mine < label_owner[v]):
                _improve(v, new, mine, labels, space, tops, queue)
        if node_mark[u]:
            for k in range(counts[1]):
                if link_a[k] == u:
                    _offer(link_b[k], here + link_cost[k], mine, labels, space, tops, queue)
                if link_b[k] == u:
                    _offer(link_a[k], here + link_cost[k], mine, labels, space, tops, queue)


@njit(nogil=True, cache=True)
def open_doors(way, labels, tops, limit, unit_m, new, owner, *, is_added):  # type: ignore[no-untyped-def]
    """Let an owner's entrances spread: ``new`` holds their edges, offsets and access legs (metres).

    Those that are added are written down; those of a venue of the build that starts to count are there already.
    """
    streets, costs, _, more, _, space, _, _ = way
    begin = tops[0]
    queue = np.zeros(2, np.int64)
    edge, offset, access_m = new
    for i in range(edge.size):
        e, access = edge[i], access_m[i] / unit_m
        if is_added:
            place = more[10][0]
            more[0][place], more[1][place], more[2][place], more[3][place] = e, offset[i], access, owner
            more[4][place] = 0
            more[10][0] = place + 1
        if e >= 0:
            if is_added:
                more[5][e] = 1
            for end in range(2):
                leg = offset[i] + access if end == 0 else costs[1][e] - offset[i] + access
                cost = np.floor(leg + 0.5)
                if cost <= limit:
                    v = streets[3][e] if end == 0 else streets[4][e]
                    _offer(v, np.int64(cost), owner, labels[0], space, tops, queue)
    _spread(streets, costs, more, labels[0], space, tops, queue)
    _settle_cells(way, labels, tops, limit, begin, edge)


@njit(nogil=True, cache=True)
def build_link(way, labels, tops, limit, a, b, cost):  # type: ignore[no-untyped-def]
    """Write a link down and let it pass on what its ends know."""
    streets, costs, _, more, _, space, _, _ = way
    begin = tops[0]
    place = more[10][1]
    more[6][place], more[7][place], more[8][place] = a, b, cost
    more[9][a] = 1
    more[9][b] = 1
    more[10][1] = place + 1
    queue = np.zeros(2, np.int64)
    _offer(b, np.int64(labels[0][0][a]) + cost, labels[0][1][a], labels[0], space, tops, queue)
    _offer(a, np.int64(labels[0][0][b]) + cost, labels[0][1][b], labels[0], space, tops, queue)
    _spread(streets, costs, more, labels[0], space, tops, queue)
    _settle_cells(way, labels, tops, limit, begin, np.empty(0, np.int32))


@njit(nogil=True, cache=True)
def _forget(v, labels, space, tops, limit):  # type: ignore[no-untyped-def]
    label_cost, label_owner, log_node, log_cost, log_owner = labels
    top = tops[0]
    log_node[top], log_cost[top], log_owner[top] = v, label_cost[v], label_owner[v]
    tops[0] = top + 1
    space[0][v] |= np.uint8(LOGGED)
    label_cost[v] = np.uint16(limit + 1)
    label_owner[v] = -1


@njit(nogil=True, cache=True)
def _seed_of(u, e, offset, access, streets, edge_cost):  # type: ignore[no-untyped-def]
    """Return the cost from a node to an entrance on an edge of it; a loop is entered from its better end."""
    best = np.inf
    if streets[3][e] == u:
        best = np.floor(offset + access + 0.5)
    if streets[4][e] == u:
        best = min(best, np.floor(edge_cost[e] - offset + access + 0.5))
    return best


@njit(nogil=True, cache=True)
def shut(way, labels, tops, limit, own, owner, number):  # type: ignore[no-untyped-def]
    """Take away what an owner reached: forget its nodes, offer them what their neighbours and doors know, spread.

    ``own`` holds the edges of its entrances in the build that counted till now; added ones are closed here, by the
    application of this number.
    """
    more = way[3]
    begin = tops[0]
    gone = np.empty(own.size + more[10][0], np.int32)
    gone[: own.size] = own
    last = own.size
    for k in range(more[10][0]):
        if more[3][k] == owner and more[4][k] == 0:
            more[4][k] = number
            gone[last] = more[0][k]
            last += 1
    gone = gone[:last]
    _forget_all(way, labels[0], tops, limit, gone, owner)
    _label_anew(way, labels[0], tops, limit, begin)
    _settle_cells(way, labels, tops, limit, begin, gone)


@njit(nogil=True, cache=True)
def _forget_all(way, labels, tops, limit, gone, owner):  # type: ignore[no-untyped-def]
    """Forget all nodes of an owner whose doors are on the edges ``gone``.

    A node of the owner hangs on its entrances by nodes of the owner, so a search through these finds all.
    """
    streets, more, space = way[0], way[3], way[5]
    arc_start, arc_node, edge_from, edge_to = streets[0], streets[1], streets[3], streets[4]
    link_a, link_b, node_mark, counts = more[6], more[7], more[9], more[10]
    label_owner = labels[1]
    begin = tops[0]
    for i in range(gone.size):
        if gone[i] >= 0:
            for v in (edge_from[gone[i]], edge_to[gone[i]]):
                if label_owner[v] == owner:
                    _forget(v, labels, space, tops, limit)
    place = begin
    while place < tops[0]:
        u = labels[2][place]
        place += 1
        for arc in range(arc_start[u], arc_start[u + 1]):
            if label_owner[arc_node[arc]] == owner:
                _forget(arc_node[arc], labels, space, tops, limit)
        if node_mark[u]:
            for k in range(counts[1]):
                if link_a[k] == u and label_owner[link_b[k]] == owner:
                    _forget(link_b[k], labels, space, tops, limit)
                if link_b[k] == u and label_owner[link_a[k]] == owner:
                    _forget(link_a[k], labels, space, tops, limit)


@njit(nogil=True, cache=True)
def _label_anew(way, labels, tops, limit, begin):  # type: ignore[no-untyped-def]
    """Offer the nodes in the log from ``begin`` what their neighbours, doors and links know, and spread it."""
    streets, costs, doors, more, _, space, _, _ = way
    arc_start, arc_node, arc_edge = streets[0], streets[1], streets[2]
    arc_cost, edge_cost = costs
    door_offset, door_access, door_owner, door_start, door_order, counted = doors
    more_edge, more_offset, more_access, more_owner, closed_at, edge_mark = more[:6]
    link_a, link_b, link_cost, node_mark, counts = more[6], more[7], more[8], more[9], more[10]
    label_cost, label_owner = labels[0], labels[1]
    queue = np.zeros(2, np.int64)
    for place in range(begin, tops[0]):
        u = labels[2][place]
        for arc in range(arc_start[u], arc_start[u + 1]):
            v, e = arc_node[arc], arc_edge[arc]
            _offer(u, np.int64(label_cost[v]) + np.int64(arc_cost[arc]), label_owner[v], labels, space, tops, queue)
            for k in range(door_start[e], door_start[e + 1]):
                door = door_order[k]
                if counted[door_owner[door]]:
                    cost = _seed_of(u, e, door_offset[door], door_access[door], streets, edge_cost)
                    if cost <= limit:
                        _offer(u, np.int64(cost), door_owner[door], labels, space, tops, queue)
            if edge_mark[e]:
                for k in range(counts[0]):
                    if more_edge[k] == e and closed_at[k] == 0:
                        cost = _seed_of(u, e, more_offset[k], more_access[k], streets, edge_cost)
                        if cost <= limit:
                            _offer(u, np.int64(cost), more_owner[k], labels, space, tops, queue)
        if node_mark[u]:
            for k in range(counts[1]):
                if link_a[k] == u:
                    v = link_b[k]
                    _offer(u, np.int64(label_cost[v]) + link_cost[k], label_owner[v], labels, space, tops, queue)
                if link_b[k] == u:
                    v = link_a[k]
                    _offer(u, np.int64(label_cost[v]) + link_cost[k], label_owner[v], labels, space, tops, queue)
    _spread(streets, costs, more, labels, space, tops, queue)


@njit(nogil=True, cache=True)
def _list_cells(e, cells, cell_space, found):  # type: ignore[no-untyped-def]
    start, on_edge = cells[3], cells[4]
    mark, listed = cell_space
    for place in range(start[e], start[e + 1]):
        i = on_edge[place]
        if not mark[i]:
            mark[i] = 1
            listed[found] = i
            found += 1
    return found


@njit(nogil=True, cache=True)
def _cell_label(i, streets, costs, doors, more, labels, cells, limit):  # type: ignore[no-untyped-def]
    """Return the smallest (cost, owner) over all ways of a cell, as ``analytics.accessibility.walking`` has it."""
    door_offset, door_access, door_owner, door_start, door_order, counted = doors
    more_edge, more_offset, more_access, more_owner, closed_at, edge_mark = more[:6]
    best, venue = np.int64(limit + 1), np.int32(-1)
    edge, offset, access = cells[0][i], cells[1][i], cells[2][i]
    for end in range(2):
        node = streets[3][edge] if end == 0 else streets[4][edge]
        if labels[0][node] <= limit:
            leg = offset if end == 0 else costs[1][edge] - offset
            way = np.int64(np.floor(labels[0][node] + leg + access + 0.5))
            if way < best or (way == best and labels[1][node] < venue):
                best, venue = way, labels[1][node]
    for k in range(door_start[edge], door_start[edge + 1]):
        door = door_order[k]
        if counted[door_owner[door]]:
            way = np.int64(np.floor(abs(offset - door_offset[door]) + access + door_access[door] + 0.5))
            if way < best or (way == best and door_owner[door] < venue):
                best, venue = way, door_owner[door]
    if edge_mark[edge]:
        for k in range(more[10][0]):
            if more_edge[k] == edge and closed_at[k] == 0:
                way = np.int64(np.floor(abs(offset - more_offset[k]) + access + more_access[k] + 0.5))
                if way < best or (way == best and more_owner[k] < venue):
                    best, venue = way, more_owner[k]
    if best > limit:
        return np.int64(65_535), np.int32(-1)
    return best, venue


@njit(nogil=True, cache=True)
def _settle_cells(way, labels_of, tops, limit, begin, edges):  # type: ignore[no-untyped-def]
    """Walk anew from the cells beside changed nodes and on changed edges, and move their residents in or out.

    ``begin`` is where this step's part of the log starts; the marks of its nodes are wiped.
    """
    streets, costs, doors, more, cells, space, cell_space, people = way
    labels, cell_labels = labels_of
    arc_start, arc_edge = streets[0], streets[2]
    mark = space[0]
    found = 0
    for place in range(begin, tops[0]):
        u = labels[2][place]
        mark[u] = 0
        for arc in range(arc_start[u], arc_start[u + 1]):
            found = _list_cells(arc_edge[arc], cells, cell_space, found)
    for i in range(edges.size):
        if edges[i] >= 0:
            found = _list_cells(edges[i], cells, cell_space, found)
    cost, owner, log_cell, log_cost, log_owner = cell_labels
    residents, region, limits, groups, covered = people
    cell_mark, listed = cell_space
    for place in range(found):
        i = listed[place]
        cell_mark[i] = 0
        new, venue = _cell_label(i, streets, costs, doors, more, labels, cells, limit)
        old = np.int64(cost[i])
        if new == old and venue == owner[i]:
            continue
        top = tops[1]
        log_cell[top], log_cost[top], log_owner[top] = i, cost[i], owner[i]
        tops[1] = top + 1
        cost[i], owner[i] = np.uint16(new), venue
        where = region[i]
        if where < 0 or new == old:
            continue
        for group in range(groups[0], groups[1]):
            count = np.float64(residents[i, group])
            if not np.isnan(count):
                for k in range(limits.shape[0]):
                    is_in, was_in = new <= limits[k, group], old <= limits[k, group]
                    if is_in and not was_in:
                        covered[where, k, group] += count
                    elif was_in and not is_in:
                        covered[where, k, group] -= count


@njit(nogil=True, cache=True)
def undo(labels, tops, more, node_top, cell_top, doors, links, number):  # type: ignore[no-untyped-def]
    """Take an application back: logs are written back, newest first, and what it added is forgotten."""
    for k in range(2):
        value, owner, log_place, log_value, log_owner = labels[k]
        for place in range(tops[k] - 1, (node_top if k == 0 else cell_top) - 1, -1):
            i = log_place[place]
            value[i], owner[i] = log_value[place], log_owner[place]
    tops[0], tops[1] = node_top, cell_top
    edge, closed_at, edge_mark = more[0], more[4], more[5]
    link_a, link_b, node_mark, counts = more[6], more[7], more[9], more[10]
    for k in range(doors, counts[0]):
        if edge[k] >= 0:
            edge_mark[edge[k]] = 0
    for k in range(links, counts[1]):
        node_mark[link_a[k]] = 0
        node_mark[link_b[k]] = 0
    # Marks that earlier doors and links need are set again.
    for k in range(doors):
        if closed_at[k] == number:
            closed_at[k] = 0
        if edge[k] >= 0:
            edge_mark[edge[k]] = 1
    for k in range(links):
        node_mark[link_a[k]] = 1
        node_mark[link_b[k]] = 1
    counts[0], counts[1] = doors, links


@njit(nogil=True, cache=True)
def by_edge(edge, edge_count):  # type: ignore[no-untyped-def]
    """Return which places lie on each edge: those of edge ``e`` are ``order[start[e]:start[e + 1]]``."""
    start = np.zeros(edge_count + 1, np.int32)
    for i in range(edge.size):
        if edge[i] >= 0:
            start[edge[i] + 1] += 1
    for e in range(edge_count):
        start[e + 1] += start[e]
    order = np.empty(start[edge_count], np.int32)
    place = start.copy()
    for i in range(edge.size):
        if edge[i] >= 0:
            order[place[edge[i]]] = i
            place[edge[i]] += 1
    return start, order
