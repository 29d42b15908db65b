"""A standard as data: clauses with what they count, how far away, and how many points it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, cast

from kernel.errors import UsageError

Measure = Literal["sites", "area_m2", "length_m", "kinds"]
MEASURES = ("sites", "area_m2", "length_m", "kinds")
# Walking costs are known up to 15 minutes: 1,200 m at the adult pace.
LARGEST_RADIUS_M = 1_200.0
# Kinds are kept as bits of 32.
MOST_KINDS = 31


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of a standard.

    Attributes
    ----------
    code, name_zh, name_en : str
        What it is called.
    measure : {"sites", "area_m2", "length_m", "kinds"}
        What is summed over the sites in reach: how many, their area, their length, or how many kinds there are.
    types : tuple of str
        Leading characters of the venue types that count.
    kinds : tuple of tuple of str
        For ``kinds``: the leading characters of each kind.
    smallest_area_m2 : float
        Sites below it do not count; a site without a delivered area counts only where this is 0.
    radius_m : float
        How far away a site may be, metres along streets.
    steps : tuple of (float, float)
        Amounts and the points from there on, both rising.
    is_verified : bool
        Whether the line was read in the standard itself (else ``note`` says what was assumed).
    note_zh, note_en : str
        What to know of it.
    """

    code: str
    name_zh: str
    name_en: str
    measure: Measure
    types: tuple[str, ...]
    kinds: tuple[tuple[str, ...], ...]
    smallest_area_m2: float
    radius_m: float
    steps: tuple[tuple[float, float], ...]
    is_verified: bool
    note_zh: str
    note_en: str

    @property
    def most_points(self) -> float:
        """Points of the last step."""
        return self.steps[-1][1]


@dataclass(frozen=True, slots=True)
class Facility:
    """Something that can be built to mend a failed clause.

    Attributes
    ----------
    type_code, name_zh, name_en : str
        Venue type and what it is called.
    area_m2 : float
        Area of one.
    price_10k_cny : float
        Price of one, 10,000 CNY; an assumption that planners replace by their own in the rule file.
    """

    type_code: str
    name_zh: str
    name_en: str
    area_m2: float
    price_10k_cny: float


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard: its clauses, when it is met, and what may be built to meet it.

    Attributes
    ----------
    code, name_zh, name_en, source_zh, source_en : str
        What it is called and where it was read.
    pass_points : float
        Points from which a cell meets it.
    track_width_m : float
        Width that turns the area of a trail into a length.
    clauses, facilities : tuple
        Lines and remedies.
    """

    code: str
    name_zh: str
    name_en: str
    source_zh: str
    source_en: str
    pass_points: float
    track_width_m: float
    clauses: tuple[Clause, ...]
    facilities: tuple[Facility, ...]

    @property
    def most_points(self) -> float:
        """Points of a cell that has everything."""
        return sum(clause.most_points for clause in self.clauses)

    @property
    def radius_m(self) -> float:
        """Largest radius of its clauses."""
        return max(clause.radius_m for clause in self.clauses)


def read_standard(code: str, content: Mapping[str, Any]) -> Standard:
    """Return a standard from the content of its rule file.

    Parameters
    ----------
    code : str
        Name of the file.
    content : mapping
        Parsed TOML: ``name_zh``, ``name_en``, ``source_zh``, ``source_en``, ``pass_points``, ``track_width_m``, and
        the tables ``clause`` and ``facility`` with the fields of the classes here.

    Raises
    ------
    UsageError
        Naming the file and the clause, when something is missing or cannot be scored.
    """
    try:
        standard = Standard(
            code=code,
            name_zh=str(content["name_zh"]),
            name_en=str(content["name_en"]),
            source_zh=str(content["source_zh"]),
            source_en=str(content["source_en"]),
            pass_points=float(content["pass_points"]),
            track_width_m=float(content.get("track_width_m", 2.0)),
            clauses=tuple(_clause(row) for row in content["clause"]),
            facilities=tuple(
                Facility(
                    str(row["type_code"]),
                    str(row["name_zh"]),
                    str(row["name_en"]),
                    float(row["area_m2"]),
                    float(row["price_10k_cny"]),
                )
                for row in content["facility"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"The rule file {code} cannot be read: {error!r}.", fix="Compare it with the others in warehouse/standards."
        ) from error
    _check(standard)
    return standard


def _clause(row: Mapping[str, Any]) -> Clause:
    return Clause(
        code=str(row["code"]),
        name_zh=str(row["name_zh"]),
        name_en=str(row["name_en"]),
        measure=cast("Measure", row["measure"]),
        types=tuple(map(str, row.get("types", ()))),
        kinds=tuple(tuple(map(str, kind)) for kind in row.get("kinds", ())),
        smallest_area_m2=float(row.get("smallest_area_m2", 0.0)),
        radius_m=float(row["radius_m"]),
        steps=tuple((float(amount), float(score)) for amount, score in row["steps"]),
        is_verified=bool(row["is_verified"]),
        note_zh=str(row.get("note_zh", "")),
        note_en=str(row.get("note_en", "")),
    )


def _check(standard: Standard) -> None:
    def refuse(clause: Clause, what: str) -> None:
        raise UsageError(f"Clause {clause.code} of the rule file {standard.code}: {what}.", fix="Mend the rule file.")

    for clause in standard.clauses:
        if clause.measure not in MEASURES:
            refuse(clause, f"there is no measure {clause.measure!r}; known are {', '.join(MEASURES)}")
        if not 0 < clause.radius_m <= LARGEST_RADIUS_M:
            refuse(clause, f"radius_m {clause.radius_m:g} is outside 0 to {LARGEST_RADIUS_M:g}")
        if bool(clause.kinds) != (clause.measure == "kinds") or bool(clause.types) == bool(clause.kinds):
            refuse(clause, "give kinds for the measure kinds, and types for every other")
        if len(clause.kinds) > MOST_KINDS:
            refuse(clause, f"more than {MOST_KINDS} kinds")
        rising = all(low < high for low, high in pairwise(clause.steps))
        worth_rises = all(low[1] < high[1] for low, high in pairwise(clause.steps))
        if not clause.steps or clause.steps[0][0] <= 0 or not (rising and worth_rises):
            refuse(clause, "steps must be rising pairs of an amount above 0 and its points")
    if not standard.clauses or not 0 < standard.pass_points <= standard.most_points:
        raise UsageError(
            f"The rule file {standard.code} asks for {standard.pass_points:g} of {standard.most_points:g} points.",
            fix="Give clauses, and pass_points above 0 and within what they are worth.",
        )
    if sum(clause.measure == "kinds" for clause in standard.clauses) > 1:
        raise UsageError(f"The rule file {standard.code} counts kinds twice.", fix="Keep one clause of that measure.")
