"""The table of actions and the table of roles: who may do what, up to which sensitivity, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ACTIONS: dict[str, str] = {
    "account.own": "Change one's own password and sign out.",
    "home.view": "Read the overview.",
    "map.view": "Read the map, its layers, tiles and cards.",
    "search.use": "Search regions, venues and pages.",
    "planning.view": "Try out changes of venues and streets, read circles, measures, scores and results.",
    "planning.save": "Name, save and share scenarios.",
    "planning.solve": "Start and stop searches for the best sites.",
    "export.make": "Take figures and maps out as files.",
    "data.view": "Read the catalogue, quality, exchange state, standards and open packages.",
    "data.upload": "Send deliveries, see what was refused and send it again.",
    "data.approve": "Approve or turn down deliveries that wait for a second pair of eyes; never one's own.",
    "data.exchange": "Make, send and take in signed packages between nodes.",
    "data.monitor": "Read loads, durations, query and export log and unusual access.",
    "tracker.view": "Read the state of the development plan.",
    "monitoring.view": "Read indicators, their targets, forecasts and unusual figures.",
    "strength.view": "Read the strength index and try out other recipes.",
    "strength.save": "Save recipes of the strength index under a name.",
}

READING = frozenset(
    {
        "account.own",
        "home.view",
        "map.view",
        "search.use",
        "data.view",
        "tracker.view",
        "monitoring.view",
        "strength.view",
    }
)
STEERING = READING | {"planning.view", "export.make"}
PLANNING = STEERING | {"planning.save", "planning.solve", "strength.save"}
SENDING = frozenset({"data.upload", "data.exchange"})


@dataclass(frozen=True, slots=True)
class Role:
    """One line of the roles table.

    Attributes
    ----------
    code : str
        Stable code, also the name of its demo account.
    actions : frozenset of str
        Codes of :data:`ACTIONS`.
    sensitivity : str
        Highest level of data the role may read.
    area : {"everywhere", "assigned"}
        Whether the role sees the whole warehouse or only the regions of its account.
    """

    code: str
    actions: frozenset[str]
    sensitivity: str
    area: Literal["everywhere", "assigned"] = "everywhere"


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("leader", STEERING | {"data.monitor"}, "internal"),
        Role("planner", PLANNING, "internal"),
        Role("analyst", PLANNING | SENDING | {"data.approve", "data.monitor"}, "internal"),
        Role("duty_officer", READING, "internal"),
        Role("trainer", READING, "internal"),
        Role("data_officer", STEERING | SENDING, "internal", area="assigned"),
        # Whoever runs the machine sees only what is open to everyone.
        Role("administrator", READING | {"data.approve", "data.exchange", "data.monitor"}, "open"),
    )
}
