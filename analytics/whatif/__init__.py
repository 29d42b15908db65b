"""What changes in the circle when venues or streets change: edits, and an engine that is exact and instant."""

from analytics.whatif.edits import (
    EDIT_KINDS,
    AddLink,
    AddVenue,
    ChangeVenue,
    CloseVenue,
    Edit,
    MoveVenue,
    OpenGate,
    edit_as_dict,
)
from analytics.whatif.engine import WhatIfEngine
from analytics.whatif.ground import Ground, with_links
from analytics.whatif.recompute import Standing, recompute
from analytics.whatif.steps import BuildLink, CountVenue, OpenDoors, ShutVenue, Step

__all__ = [
    "EDIT_KINDS",
    "AddLink",
    "AddVenue",
    "BuildLink",
    "ChangeVenue",
    "CloseVenue",
    "CountVenue",
    "Edit",
    "Ground",
    "MoveVenue",
    "OpenDoors",
    "OpenGate",
    "ShutVenue",
    "Standing",
    "Step",
    "WhatIfEngine",
    "edit_as_dict",
    "recompute",
    "with_links",
]
