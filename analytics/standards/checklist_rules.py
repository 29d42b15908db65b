"""A checklist as data: items with weights by size, how much earns how many points, when it is passed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal, cast

from kernel.errors import UsageError

Measure = Literal["state", "paper", "day"]
MEASURES = ("state", "paper", "day")
# What classes of size may be measured on: the words of the page know these.
SIZE_MEASURES = ("area_m2", "budget_cny")
TOTAL = 100.0


@dataclass(frozen=True, slots=True)
class Size:
    """A class of size: things whose amount reaches ``smallest`` belong to the last class that they reach."""

    code: str
    name_zh: str
    name_en: str
    smallest: float


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over items."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist.

    Attributes
    ----------
    code, group : str
        Itself and its heading.
    name_zh, name_en : str
        What it is called.
    measure : {"state", "paper", "day"}
        Whether a state with points, the presence of a paper or a day kept is judged.
    column : str
        What the data call it: a subsystem, a column of papers, a stage.
    weights : tuple of float
        By class of size, in the order of the checklist; 0 where the item is not asked for.
    required : tuple of str
        Classes of size that must have it in full, whatever the points.
    steps : tuple of (float, float)
        Amounts (0..100) and the share of the weight from there on, both rising, the last share 1.
    clause_zh, clause_en : str
        Where the item comes from.
    reading_zh, reading_en : str
        Our reading or assumption.
    fix_zh, fix_en : str
        What to do when it fails.
    is_verified : bool
        Whether clause and weight were compared with the printed original.
    """

    code: str
    group: str
    name_zh: str
    name_en: str
    measure: Measure
    column: str
    weights: tuple[float, ...]
    required: tuple[str, ...]
    steps: tuple[tuple[float, float], ...]
    clause_zh: str
    clause_en: str
    reading_zh: str
    reading_en: str
    fix_zh: str
    fix_en: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist.

    Attributes
    ----------
    code, name_zh, name_en, source_zh, source_en, reading_zh, reading_en : str
        What it is called, where it comes from, and how it was read.
    pass_points : float
        Points of 100 from which it is passed, if every required item is there too.
    size_by : str
        What the classes of size are measured on, of :data:`SIZE_MEASURES`.
    factors : mapping of str to float
        Share of its points (or points) that a state of the data is worth, e.g. ``trial``: 0.5.
    sizes, groups, items : tuple
        Its parts.
    """

    code: str
    name_zh: str
    name_en: str
    source_zh: str
    source_en: str
    reading_zh: str
    reading_en: str
    pass_points: float
    size_by: str
    factors: Mapping[str, float]
    sizes: tuple[Size, ...]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]


_HEAD = {item.name for item in fields(Checklist)} - {"code", "sizes", "groups", "items"}
_TEXTS = _HEAD - {"pass_points", "factors"}
_PARTS = {"size", "group", "item"}
_ITEM_TABLES = {"weights": dict, "required": list, "steps": list, "is_verified": bool}


def read_checklist(code: str, content: Mapping[str, Any]) -> Checklist:
    """Return a checklist from the content of its rule file.

    Parameters
    ----------
    code : str
        Name of the file.
    content : mapping
        Parsed TOML: the fields of `Checklist`, and tables ``size``, ``group`` and ``item``; an item's ``weights`` is a
        table by class of size.

    Raises
    ------
    UsageError
        Naming every fault at once: missing, unknown or mistyped keys, classes and headings that do not exist, steps
        that do not rise, weights that do not sum to 100.
    """
    faults = [f"missing {key}" for key in sorted((_HEAD | _PARTS) - set(content))]
    faults += [f"unknown key {key}" for key in sorted(set(content) - _HEAD - _PARTS)]
    faults += [f"{key} must be a text" for key in sorted(_TEXTS & set(content)) if not _is_text(content[key])]
    if not faults:
        faults += _part_faults("size", content["size"], Size) + _part_faults("group", content["group"], Group)
        faults += _part_faults("item", content["item"], Item)
        faults += _number_faults(content)
    if not faults:
        found = _checklist(code, content)
        faults = _sense_faults(found)
        if not faults:
            return found
    raise UsageError(f"The checklist {code}: " + "; ".join(faults) + ".", fix=f"Mend warehouse/checklists/{code}.toml.")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _part_faults(part: str, rows: object, kind: type) -> list[str]:
    if not isinstance(rows, list) or not rows:
        return [f"no [[{part}]] at all"]
    known = {item.name for item in fields(kind)}
    faults = []
    for row in rows:
        name = f"{part} {row.get('code', '?')}"
        faults += [f"{name}: missing {key}" for key in sorted(known - set(row))]
        faults += [f"{name}: unknown key {key}" for key in sorted(set(row) - known)]
        for key in sorted(known & set(row)):
            value = row[key]
            if key == "smallest":
                good = _is_number(value)
            elif key in _ITEM_TABLES:
                good = isinstance(value, _ITEM_TABLES[key])
            else:
                good = _is_text(value)
            if not good:
                faults.append(f"{name}: {key} has the wrong type")
    codes = [row.get("code") for row in rows]
    return faults + [
        f"{part} {code} is given twice" for code in sorted({c for c in codes if codes.count(c) > 1}, key=str)
    ]


def _number_faults(content: Mapping[str, Any]) -> list[str]:
    """Return what is no number where one is asked for."""
    faults = [] if _is_number(content["pass_points"]) else ["pass_points must be a number"]
    factors = content["factors"]
    if not isinstance(factors, dict) or not all(_is_number(value) for value in factors.values()):
        faults.append("factors must be numbers by name")
    for row in content["item"] if isinstance(content["item"], list) else ():
        name, weights, steps = f"item {row.get('code', '?')}", row.get("weights"), row.get("steps")
        if isinstance(weights, dict) and not all(_is_number(weight) for weight in weights.values()):
            faults.append(f"{name}: weights must be numbers")
        pairs = isinstance(steps, list) and all(
            isinstance(step, list) and len(step) == 2 and all(map(_is_number, step)) for step in steps
        )
        if not pairs:
            faults.append(f"{name}: steps must be pairs of numbers")
    return faults


def _checklist(code: str, content: Mapping[str, Any]) -> Checklist:
    sizes = tuple(Size(**row) for row in content["size"])
    items = tuple(
        Item(
            **{key: value for key, value in row.items() if key not in _ITEM_TABLES and key != "measure"},
            measure=cast("Measure", row["measure"]),
            # A class that is not named gets a weight that the check below refuses.
            weights=tuple(float(row["weights"].get(size.code, math.nan)) for size in sizes),
            required=tuple(row["required"]),
            steps=tuple((float(amount), float(share)) for amount, share in row["steps"]),
            is_verified=row["is_verified"],
        )
        for row in content["item"]
    )
    head = {key: content[key] for key in _TEXTS}
    return Checklist(
        code=code,
        **head,
        pass_points=float(content["pass_points"]),
        factors={key: float(value) for key, value in content["factors"].items()},
        sizes=sizes,
        groups=tuple(Group(**row) for row in content["group"]),
        items=items,
    )


def _sense_faults(found: Checklist) -> list[str]:
    sizes, groups = [size.code for size in found.sizes], {group.code for group in found.groups}
    faults = [] if 0 < found.pass_points <= TOTAL else [f"pass_points {found.pass_points:g} is outside 0 to 100"]
    if found.size_by not in SIZE_MEASURES:
        faults.append(f"size_by must be one of {', '.join(SIZE_MEASURES)}")
    limits = [size.smallest for size in found.sizes]
    if limits[0] != 0 or not all(low < high for low, high in pairwise(limits)):
        faults.append("sizes must begin at 0 and rise")
    for item in found.items:
        name = f"item {item.code}"
        if item.measure not in MEASURES:
            faults.append(f"{name}: measure must be one of {', '.join(MEASURES)}")
        if item.group not in groups:
            faults.append(f"{name}: there is no group {item.group}")
        if not all(weight >= 0 for weight in item.weights):
            faults.append(f"{name}: every size needs a weight of 0 or more: {', '.join(sizes)}")
        faults += [f"{name}: there is no size {code}" for code in item.required if code not in sizes]
        faults += [
            f"{name}: required for {size} but of no weight"
            for size, weight in zip(sizes, item.weights, strict=True)
            if size in item.required and weight == 0
        ]
        rises = all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(item.steps))
        if not item.steps or item.steps[0][0] <= 0 or item.steps[0][1] <= 0 or not rises or item.steps[-1][1] != 1:
            faults.append(f"{name}: steps must rise from an amount above 0 to the share 1")
    for place, size in enumerate(sizes):
        total = sum(item.weights[place] for item in found.items)
        if not math.isclose(total, TOTAL, abs_tol=1e-9):
            faults.append(f"weights of size {size} sum to {total:g}, not 100")
    return faults
