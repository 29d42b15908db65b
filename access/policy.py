"""What an account may do right now: the only place that grants a scope."""

from __future__ import annotations

from access.accounts import Account
from access.roles import ROLES
from kernel.scope import GrantedScope

# No region code looks like this, so it matches nothing: an assigned area that is still empty grants no row.
NOWHERE = frozenset({"nowhere"})


def grant(account: Account) -> GrantedScope:
    """Return the scope of an account, derived from its role and its assigned regions.

    Parameters
    ----------
    account : Account
        As read from the ledger for this request.

    Notes
    -----
    A role that is confined to an area and has none assigned sees nothing; an unknown role or a disabled
    account is granted no action and no area.
    """
    role = ROLES.get(account.role_code)
    if role is None or account.is_disabled:
        return GrantedScope(account.account_id, account.role_code, NOWHERE, "open", frozenset())
    regions = frozenset[str]() if role.area == "everywhere" else account.region_codes or NOWHERE
    return GrantedScope(account.account_id, role.code, regions, role.sensitivity, role.actions)


def system_scope() -> GrantedScope:
    """Return the scope of the application itself, for start-up and readiness: reads open data, may do nothing."""
    return GrantedScope("system", "system", frozenset(), "open", frozenset())


def warming_scope() -> GrantedScope:
    """Return the scope under which a server process fills its caches: reads internal data, shows it to nobody."""
    return GrantedScope("system", "system", frozenset(), "internal", frozenset())
