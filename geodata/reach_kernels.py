"""Compiled inner loops of the walking engine; ``geodata.reach`` is the door to them.

Nodes are handled in blocks of 2^14 neighbours along the Hilbert curve, so that the costs of a block stay in the cache.
Each block has a FIFO ring of nodes whose label has improved and not been passed on yet (a node is in it at most once).
Indices are unsigned where they are used, which spares the compiled code a test for negative ones at each access.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BLOCK_BITS = 14
BLOCK_NODES = 1 << BLOCK_BITS
BLOCK_MASK = BLOCK_NODES - 1


@njit(nogil=True, cache=True)
def offer(node, node_cost, node_owner, count, cost, owner, queued, ring, ring_first, ring_count):  # type: ignore[no-untyped-def]
    """Improve the labels of the first ``count`` given nodes and queue those that did improve."""
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
def spread(  # type: ignore[no-untyped-def]
    arc_start,
    arc_node,
    arc_cost,
    cost,
    owner,
    queued,
    ring,
    ring_first,
    ring_count,
    first_block,
    last_block,
    out_node,
    out_cost,
    out_owner,
    room,
):
    """Correct labels in blocks ``first_block:last_block`` until all are quiet; return the number of border updates.

    Updates of nodes in blocks of others go to ``out_*``. Stops early, with all queues intact, when fewer than ``room``
    places are left there; ``room`` is the largest number of arcs at a node.
    """
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
def spread_near(  # type: ignore[no-untyped-def]
    arc_start, arc_node, arc_cost, seed_node, seed_cost, limit, cost, queued, ring, touched
):
    """Search from a few seeds, touching only what they reach; return the number of nodes in ``touched``."""
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
