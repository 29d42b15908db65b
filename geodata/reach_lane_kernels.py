"""Compiled inner loops of the walking engine for many kinds of source at once; ``geodata.reach_lanes`` is the door.

A node has 16 costs of 16 bits, one a lane: 32 bytes, one register of the processor. An arc adds its cost to all of
them and takes the smaller ones in a handful of instructions. Blocks and queues are those of ``geodata.reach_kernels``.
"""

# ruff: noqa: PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from geodata.reach_kernels import node_order

__all__ = ["BLOCK_BITS", "BLOCK_NODES", "LANES", "close", "node_order", "offer", "spread"]

LANES = 16
# 2^13 nodes of 32 bytes are 256 KiB: a block stays in the second cache.
BLOCK_BITS = 13
BLOCK_NODES = 1 << BLOCK_BITS
BLOCK_MASK = BLOCK_NODES - 1


@intrinsic
def relax(typingctx: Any, cost: Any, u: Any, v: Any, step: Any) -> Any:  # noqa: ARG001 - the compiler's signature
    """Take over in row ``v`` of ``cost`` what is nearer by way of row ``u`` and ``step``; return whether anything was.

    Written as vector instructions, because the loop over 16 lanes is unrolled before it could be vectorized: an
    addition that stops at 65,535 instead of wrapping, a comparison, a choice. Machines without 256-bit registers get
    the same in halves.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table = context.make_array(signature.args[0])(context, builder, arguments[0])
        lane, vector = ir.IntType(16), ir.VectorType(ir.IntType(16), LANES)
        rows = builder.bitcast(table.data, vector.as_pointer())
        near, far = (builder.gep(rows, [row]) for row in arguments[1:3])
        here, known = builder.load(near, align=2), builder.load(far, align=2)
        empty = ir.Constant(vector, ir.Undefined)
        first = builder.insert_element(empty, arguments[3], ir.Constant(ir.IntType(32), 0))
        steps = builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))
        add = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector, vector]), f"llvm.uadd.sat.v{LANES}i16"
        )
        offered = builder.call(add, [here, steps])
        is_less = builder.icmp_unsigned("<", offered, known)
        is_any = builder.icmp_unsigned("!=", builder.bitcast(is_less, lane), ir.Constant(lane, 0))
        with builder.if_then(is_any):
            builder.store(builder.select(is_less, offered, known), far, align=2)
        return is_any

    return types.boolean(cost, types.uint64, types.uint64, types.uint16), generate


@njit(nogil=True, cache=True)
def offer(node, node_cost, member, order, cost, queues):  # type: ignore[no-untyped-def]
    """Improve labels by sources, each in the lanes whose bits are set, and queue the nodes where one did improve."""
    queued, ring, ring_first, ring_count = queues
    for place in order:
        v = np.int64(node[place])
        is_nearer = False
        for lane in range(LANES):
            if (member[place] >> lane) & 1 and node_cost[place] < cost[v, lane]:
                cost[v, lane] = node_cost[place]
                is_nearer = True
        if is_nearer and not queued[v]:
            queued[v] = 1
            block = v >> BLOCK_BITS
            slot = (ring_first[block] + ring_count[block]) & BLOCK_MASK
            ring[(block << BLOCK_BITS) + slot] = np.uint16(v & BLOCK_MASK)
            ring_count[block] += 1


@njit(nogil=True, cache=True)
def spread(arcs, cost, queues):  # type: ignore[no-untyped-def]
    """Correct labels until all queues are empty."""
    arc_start, arc_node, arc_cost = arcs
    queued, ring, ring_first, ring_count = queues
    blocks = ring_count.size
    mask = np.uint64(BLOCK_MASK)
    active = np.empty(blocks, np.int64)
    is_active = np.zeros(blocks, np.uint8)
    active_first, active_count = 0, 0
    for block in range(blocks):
        if ring_count[block] > 0:
            active[active_count] = block
            is_active[block] = 1
            active_count += 1
    while active_count > 0:
        block = active[active_first]
        active_first = active_first + 1 if active_first + 1 < blocks else 0
        active_count -= 1
        is_active[block] = 0
        base = np.uint64(block << BLOCK_BITS)
        head = np.uint64(ring_first[block])
        tail = head + np.uint64(ring_count[block])
        while head < tail:
            u = base + np.uint64(ring[base + (head & mask)])
            head += np.uint64(1)
            queued[u] = 0
            for arc in range(np.uint64(arc_start[u]), np.uint64(arc_start[u + np.uint64(1)])):
                v = np.uint64(np.uint32(arc_node[arc]))
                if not relax(cost, u, v, np.uint16(arc_cost[arc])):
                    continue
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
                        if not is_active[other]:
                            is_active[other] = 1
                            slot = active_first + active_count
                            active[slot - blocks if slot >= blocks else slot] = other
                            active_count += 1
        ring_first[block] = 0
        ring_count[block] = 0


@njit(nogil=True, cache=True)
def close(cost, limit, unreached):  # type: ignore[no-untyped-def]
    """Mark what lies past the limit as unreached."""
    flat = cost.reshape(-1)
    for i in range(flat.size):
        if flat[i] > limit:
            flat[i] = unreached
