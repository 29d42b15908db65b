"""The registered map layers, checked, from the ground to the top."""

from __future__ import annotations

from functools import cache
from typing import cast

from components.map_layer import MapLayer
from kernel.registry import members
from kernel.scope import GrantedScope


@cache
def map_layers() -> dict[str, MapLayer]:
    """Return every layer by code, in drawing order."""
    found = cast("dict[str, MapLayer]", members("components.layers", "LAYER"))
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def granted_layers(scope: GrantedScope) -> dict[str, MapLayer]:
    """Return the layers that a scope may see."""
    return {
        code: layer
        for code, layer in map_layers().items()
        if scope.may(layer.action) and scope.covers(layer.sensitivity)
    }
