"""Values about persons as strangers may see them: enough to tell what kind of value it is, not whose."""

from __future__ import annotations

from typing import Literal

MaskKind = Literal["name", "key", "value"]
HIDDEN = "***"


def mask_kind(column_name: str, type_name: str) -> MaskKind:
    """Return how a column is masked, by its name: names, keys (identifiers) and everything else.

    Parameters
    ----------
    column_name : str
        In snake case, e.g. ``athlete_name``.
    type_name : str
        Type of the contract; only texts can be names or keys.
    """
    if type_name != "text":
        return "value"
    if column_name == "name" or column_name.endswith("_name"):
        return "name"
    return "key" if column_name.endswith(("_id", "_key", "_code", "_number")) else "value"


def masked(value: object, kind: MaskKind) -> str | None:
    """Return a value as it is shown to somebody who has no right to it; nothing stays nothing.

    Notes
    -----
    A name keeps its first character (张**), a key its first two; how long the rest is cannot be told. A value is hidden
    whole. Keys of up to four characters are hidden whole as well: two characters would tell too much of them.
    """
    if value is None:
        return None
    text = str(value)
    if kind == "name" and text:
        return f"{text[0]}**"
    if kind == "key" and len(text) > 4:
        return f"{text[:2]}{HIDDEN}"
    return HIDDEN
