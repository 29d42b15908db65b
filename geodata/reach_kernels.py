"""Compiled inner loops of the walking engine; ``geodata.reach`` is the door to them.

Nodes are handled in blocks of 2^14 neighbours along the Hilbert curve, so that the costs of a block stay in the cache.
Each block has a FIFO ring of nodes whose label has improved and not been passed on yet (a node is in it at most once).
Indices are unsigned where they are used, which spares the compiled code a test for negative ones at each access.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

BLOCK_BITS = 14
BLOCK_NODES = 1 << BLOCK_BITS
BLOCK_MASK = BLOCK_NODES - 1


@njit(nogil=True, cache=True)
def node_order(node, node_count):  # type: ignore[no-untyped-def]
    """Return the stable order of ``node`` by two counting passes: place in the block, then block."""
    order = np.arange(node.size, dtype=np.int32)
    blocks = (node_count + BLOCK_NODES - 1) >> BLOCK_BITS
    for shift, mask, values in ((0, BLOCK_MASK, BLOCK_NODES), (BLOCK_BITS, (1 << 30) - 1, blocks)):
        first = np.zeros(values + 1, np.int64)
        for i in range(node.size):
            first[((node[i] >> shift) & mask) + 1] += 1
        for value in range(values):
            first[value + 1] += first[value]
        sorted_order = np.empty_like(order)
        for i in range(order.size):
            value = (node[order[i]] >> shift) & mask
            sorted_order[first[value]] = order[i]
            first[value] += 1
        order = sorted_order
    return order


@njit(nogil=True, cache=True)
def most_arcs(arc_start):  # type: ignore[no-untyped-def]
    """Return the largest number of arcs at a node, at least 1."""
    most = np.int64(1)
    for v in range(arc_start.size - 1):
        most = max(most, arc_start[v + 1] - arc_start[v])
    return most


@njit(nogil=True, cache=True)
def offer(news, count, labels, queues):  # type: ignore[no-untyped-def]
    """Improve the labels of nodes by the first ``count`` of ``news`` and queue those that did improve."""
    node, node_cost, node_owner = news
    cost, owner = labels
    queued, ring, ring_first, ring_count = queues
    for i in range(count):
        v = np.int64(node[i])
        offered, known = np.int32(node_cost[i]), np.int32(cost[v])
        if offered < known or (offered == known and node_owner[i] < owner[v]):
            cost[v] = np.uint16(offered)
            owner[v] = node_owner[i]
            if not queued[v]:
                queued[v] = 1
                block = v >> BLOCK_BITS
                place = (ring_first[block] + ring_count[block]) & BLOCK_MASK
                ring[(block << BLOCK_BITS) + place] = np.uint16(v & BLOCK_MASK)
                ring_count[block] += 1


@njit(nogil=True, cache=True)
def spread(arcs, labels, queues, first_block, last_block, outbox, room):  # type: ignore[no-untyped-def]
    """Correct labels in blocks ``first_block:last_block`` until all are quiet; return the number of border updates.

    Updates of nodes in blocks of others go to ``outbox``. Stops early, with all queues intact, when fewer than ``room``
    places are left there; ``room`` is the largest number of arcs at a node.
    """
    arc_start, arc_node, arc_cost = arcs
    cost, owner = labels
    queued, ring, ring_first, ring_count = queues
    out_node, out_cost, out_owner = outbox
    blocks = last_block - first_block
    low, high = np.uint64(first_block << BLOCK_BITS), np.uint64(last_block << BLOCK_BITS)
    mask = np.uint64(BLOCK_MASK)
    active = np.empty(blocks, np.int64)
    is_active = np.zeros(blocks, np.uint8)
    active_first, active_count, sent = 0, 0, 0
    for block in range(first_block, last_block):
        if ring_count[block] > 0:
            active[active_count] = block
            is_active[block - first_block] = 1
            active_count += 1
    while active_count > 0:
        block = active[active_first]
        active_first += 1
        if active_first == blocks:
            active_first = 0
        active_count -= 1
        is_active[block - first_block] = 0
        base = np.uint64(block << BLOCK_BITS)
        head = np.uint64(ring_first[block])
        tail = head + np.uint64(ring_count[block])
        while head < tail:
            if out_node.size - sent < room:
                ring_first[block] = np.int64(head & mask)
                ring_count[block] = np.int64(tail - head)
                return sent
            u = base + np.uint64(ring[base + (head & mask)])
            head += np.uint64(1)
            queued[u] = 0
            here, mine = np.int32(cost[u]), owner[u]
            for arc in range(np.uint64(arc_start[u]), np.uint64(arc_start[u + np.uint64(1)])):
                v = np.uint64(np.uint32(arc_node[arc]))
                # 32 bit: 45,000 + 65,534 would wrap in uint16. No test of the limit is needed, because an
                # unreached node costs limit + 1 and is owned by -1, below every owner.
                new, known = here + np.int32(arc_cost[arc]), np.int32(cost[v])
                if new > known:
                    continue
                if v < low or v >= high:
                    # Another thread may be writing that label. Labels only fall, so a stale reading can only
                    # send a needless update, never hold a needed one back.
                    out_node[sent], out_cost[sent], out_owner[sent] = np.int32(v), np.uint16(new), mine
                    sent += 1
                elif new < known or mine < owner[v]:
                    cost[v] = np.uint16(new)
                    owner[v] = mine
                    if not queued[v]:
                        queued[v] = 1
                        other = np.int64(v >> np.uint64(BLOCK_BITS))
                        if other == block:
                            ring[base + (tail & mask)] = np.uint16(v & mask)
                            tail += np.uint64(1)
                        else:
                            place = (ring_first[other] + ring_count[other]) & BLOCK_MASK
                            ring[(other << BLOCK_BITS) + place] = np.uint16(v & mask)
                            ring_count[other] += 1
                            if not is_active[other - first_block]:
                                is_active[other - first_block] = 1
                                slot = active_first + active_count
                                active[slot - blocks if slot >= blocks else slot] = other
                                active_count += 1
        ring_first[block] = 0
        ring_count[block] = 0
    return sent


@njit(nogil=True, cache=True)
def close(cost, limit, unreached):  # type: ignore[no-untyped-def]
    """Mark the nodes past the limit as unreached."""
    for v in range(cost.size):
        if cost[v] > limit:
            cost[v] = unreached


@njit(nogil=True, cache=True)
def spread_near(arcs, seed_node, seed_cost, limit, workspace):  # type: ignore[no-untyped-def]
    """Search from a few seeds, touching only what they reach; return the number of nodes in ``touched``."""
    arc_start, arc_node, arc_cost = arcs
    cost, queued, ring, touched = workspace
    size = ring.size
    head, waiting, found = 0, 0, 0
    for i in range(seed_node.size):
        v, new = seed_node[i], np.int32(seed_cost[i])
        if new <= limit and new < np.int32(cost[v]):
            if cost[v] == np.uint16(65_535):
                touched[found] = v
                found += 1
            cost[v] = np.uint16(new)
            if not queued[v]:
                queued[v] = 1
                ring[waiting] = v
                waiting += 1
    while waiting > 0:
        u = np.uint64(ring[head])
        head += 1
        if head == size:
            head = 0
        waiting -= 1
        queued[u] = 0
        here = np.int32(cost[u])
        for arc in range(np.uint64(arc_start[u]), np.uint64(arc_start[u + np.uint64(1)])):
            v = np.uint64(np.uint32(arc_node[arc]))
            new = here + np.int32(arc_cost[arc])
            if new <= limit and new < np.int32(cost[v]):
                if cost[v] == np.uint16(65_535):
                    touched[found] = np.int32(v)
                    found += 1
                cost[v] = np.uint16(new)
                if not queued[v]:
                    queued[v] = 1
                    slot = head + waiting
                    ring[slot - size if slot >= size else slot] = np.int32(v)
                    waiting += 1
    return found
