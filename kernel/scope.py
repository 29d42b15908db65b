"""What an account was granted, as a plain value that every query must be given."""

from __future__ import annotations

from dataclasses import dataclass

SENSITIVITY_LEVELS = ("open", "internal", "restricted")


@dataclass(frozen=True, slots=True)
class GrantedScope:
    """The areas, actions and sensitivity that one account may use right now.

    Only ``access.policy`` constructs one (an architecture test keeps that); a query cannot be
    run without it.

    Attributes
    ----------
    account_id : str
        Who asks; ``"system"`` for builds and the command line.
    role_code : str
        The role that the grant was derived from.
    region_codes : frozenset of str
        Root regions: the account sees these and everything below them.
        Empty means the whole warehouse.
    sensitivity : str
        Highest level that may be read: ``open``, ``internal`` or ``restricted``.
    actions : frozenset of str
        Granted actions, e.g. ``map.view``.
    """

    account_id: str
    role_code: str
    region_codes: frozenset[str]
    sensitivity: str
    actions: frozenset[str]

    def may(self, action: str) -> bool:
        """Return whether the action is granted."""
        return action in self.actions

    def covers(self, sensitivity: str) -> bool:
        """Return whether data of this sensitivity may be read."""
        return SENSITIVITY_LEVELS.index(sensitivity) <= SENSITIVITY_LEVELS.index(self.sensitivity)

    def includes_region(self, region_code: str) -> bool:
        """Return whether a region lies in the scope, by the prefix rule of GB/T 2260 codes.

        ``320000`` includes every ``32xxxx``; ``320500`` every ``3205xx``; a county only itself.
        """
        if not self.region_codes:
            return True
        return any(region_code.startswith(region_prefix(root)) for root in self.region_codes)

    @property
    def fingerprint(self) -> str:
        """Text that is equal for two scopes exactly when they see the same data; a cache key part."""
        return f"{self.sensitivity}|{','.join(sorted(self.region_codes)) or '*'}"


def region_prefix(region_code: str) -> str:
    """Return the leading digits that all regions inside ``region_code`` share (GB/T 2260).

    Notes
    -----
    Two digits name the province, two the city, two the county: 320000 -> "32", 320500 -> "3205".
    Codes that do not have six digits stand for themselves only.
    """
    if len(region_code) != 6 or not region_code.isdigit():
        return region_code
    if region_code.endswith("0000"):
        return region_code[:2] if region_code != "000000" else ""
    return region_code[:4] if region_code.endswith("00") else region_code
