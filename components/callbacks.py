"""The one way to register a callback: with the action that a visitor must be granted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import dash
from dash import _callback

from components.page import SIGNED_IN
from components.request import current
from kernel.errors import AccessDenied

Result = TypeVar("Result")

# Registered output -> action. The gate refuses every output that is not in here.
ACTION_OF_OUTPUT: dict[str, str] = {}


def guarded_callback(
    *dependencies: Any, action: str, **options: Any
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Register a Dash callback that runs only for visitors who are granted an action.

    Parameters
    ----------
    *dependencies
        ``Output``, ``Input`` and ``State`` as for :func:`dash.callback`.
    action : str
        Code of ``access.roles.ACTIONS`` or ``components.page.SIGNED_IN``.
    **options
        Options of :func:`dash.callback`.

    Notes
    -----
    The gate checks the action before the body is dispatched, against the output under which Dash registered the
    callback and never against what the client calls it. The check is repeated here, so that a callback that is
    reached by any other way still asks.
    """

    def decorate(function: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(function)
        def guarded(*values: Any, **named: Any) -> Result:
            scope = current().scope
            if not is_granted(scope.actions, action):
                raise AccessDenied(f"{scope.role_code} may not {action}.", fix="Ask the administrator for the right.")
            return function(*values, **named)

        dash.callback(*dependencies, **options)(guarded)
        ACTION_OF_OUTPUT[_callback.GLOBAL_CALLBACK_LIST[-1]["output"]] = action
        return guarded

    return decorate


def is_granted(actions: frozenset[str], action: str) -> bool:
    """Return whether granted actions allow an action; being signed in is enough for ``SIGNED_IN``."""
    return action == SIGNED_IN or action in actions
