"""Street segments as plain arrays while a network is being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geodata.streets import KINDS
from warehouse.demo.grid import Flags, Floats

STREET, LIVING, SERVICE, TRACK, FOOTWAY, PATH, STEPS, MOTOR, FERRY = (
    np.uint8(KINDS.index(kind))
    for kind in ("street", "living_street", "service", "track", "footway", "path", "steps", "motor_road", "ferry")
)
NO_NAME = np.int16(-1)


@dataclass(frozen=True, slots=True)
class Segments:
    """Junctions and the segments between them.

    Attributes
    ----------
    x, y : float64, shape (n,)
        Junctions, metres.
    start, end : int64, shape (e,)
        Junctions of each segment.
    kind : uint8, shape (e,)
        Index into ``geodata.streets.KINDS``.
    name : int16, shape (e,)
        Index into `NAMES`, -1 without a name.
    is_optional : bool, shape (e,)
        May be left out where the network holds together without it.
    """

    x: Floats
    y: Floats
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    name: npt.NDArray[np.int16]
    is_optional: Flags

    def chosen(self, keep: Flags) -> Segments:
        """Return the segments with ``keep``; junctions stay as they are."""
        return replace(
            self,
            start=self.start[keep],
            end=self.end[keep],
            kind=self.kind[keep],
            name=self.name[keep],
            is_optional=self.is_optional[keep],
        )

    def with_segments(
        self,
        start: npt.NDArray[np.int64],
        end: npt.NDArray[np.int64],
        kind: npt.ArrayLike,
        *,
        is_optional: bool = False,
    ) -> Segments:
        """Return the drawing with further unnamed segments between its junctions."""
        count = len(start)
        return replace(
            self,
            start=np.concatenate((self.start, start)),
            end=np.concatenate((self.end, end)),
            kind=np.concatenate((self.kind, np.broadcast_to(np.asarray(kind, dtype=np.uint8), (count,)))),
            name=np.concatenate((self.name, np.full(count, NO_NAME))),
            is_optional=np.concatenate((self.is_optional, np.full(count, is_optional))),
        )

    def without_nodes(self, drop: Flags) -> Segments:
        """Return the drawing without some junctions and without the segments that meet them; renumbered."""
        number = np.cumsum(~drop) - 1
        left = self.chosen(~(drop[self.start] | drop[self.end]))
        return replace(left, x=self.x[~drop], y=self.y[~drop], start=number[left.start], end=number[left.end])


def segments(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    kind: npt.ArrayLike,
    *,
    name: npt.ArrayLike = NO_NAME,
    is_optional: npt.ArrayLike = False,
) -> Segments:
    """Return a drawing from arrays; scalars for kind, name and option hold for every segment."""
    count = len(np.asarray(start))
    return Segments(
        np.asarray(x, dtype=np.float64),
        np.asarray(y, dtype=np.float64),
        np.asarray(start, dtype=np.int64),
        np.asarray(end, dtype=np.int64),
        np.broadcast_to(np.asarray(kind, dtype=np.uint8), (count,)),
        np.broadcast_to(np.asarray(name, dtype=np.int16), (count,)),
        np.broadcast_to(np.asarray(is_optional, dtype=bool), (count,)),
    )


def joined(parts: Sequence[Segments]) -> tuple[Segments, npt.NDArray[np.int64]]:
    """Return several drawings as one, and the number of the first junction of each part."""
    offset = np.concatenate(([0], np.cumsum([len(part.x) for part in parts])))[:-1].astype(np.int64)
    return (
        Segments(
            np.concatenate([part.x for part in parts]),
            np.concatenate([part.y for part in parts]),
            np.concatenate([part.start + first for part, first in zip(parts, offset, strict=True)]),
            np.concatenate([part.end + first for part, first in zip(parts, offset, strict=True)]),
            np.concatenate([part.kind for part in parts]),
            np.concatenate([part.name for part in parts]),
            np.concatenate([part.is_optional for part in parts]),
        ),
        offset,
    )
