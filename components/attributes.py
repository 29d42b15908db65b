"""HTML attributes that have no Python name, such as ``data-opens`` or ``aria-label``."""

from __future__ import annotations

from typing import Any


def attributes(**named: str) -> dict[str, Any]:
    """Return attributes with dashes for a Dash HTML component: ``**attributes(aria_label="Search")``."""
    return {name.replace("_", "-"): value for name, value in named.items()}
