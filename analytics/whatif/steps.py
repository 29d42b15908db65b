"""What edits do to the circle, reduced to four steps: doors opened, a venue shut, a venue counted, a link built."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.network import Snap


@dataclass(frozen=True, slots=True)
class OpenDoors:
    """Entrances added under an owner: a new one, or a venue of the build that gets a gate or moves.

    Attributes
    ----------
    owner : int
        Number >= 0; new venues take numbers from the number of venues on.
    doors, step_free : Snap, Snap
        Where the entrances meet the streets, and the streets without steps; as many in both.
    """

    owner: int
    doors: Snap
    step_free: Snap

    @property
    def by_way(self) -> tuple[Snap, Snap]:
        """The places in the order of ``Ground.ways``."""
        return self.doors, self.step_free


@dataclass(frozen=True, slots=True)
class ShutVenue:
    """A venue that counts no longer: its own entrances and those that earlier steps gave it."""

    owner: int


@dataclass(frozen=True, slots=True)
class CountVenue:
    """A venue of the build that did not count and now does, at its own entrances."""

    owner: int


@dataclass(frozen=True, slots=True)
class BuildLink:
    """An edge between two street nodes, walked in both directions.

    Attributes
    ----------
    node_a, node_b : int
        Its ends.
    cost : int
        Walking cost, units of 0.02 s, 0..65,534.
    """

    node_a: int
    node_b: int
    cost: int


Step = OpenDoors | ShutVenue | CountVenue | BuildLink
