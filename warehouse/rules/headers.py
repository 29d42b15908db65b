"""Which delivered column means which contract column."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

import polars as pl

from kernel.errors import DataRejected, Finding
from warehouse.contract import Column, Contract
from warehouse.delivery import GEOMETRY, ROW_NUMBER, DeliveryOptions

MAX_COLUMNS = 512
# No column is called by more; every message and every refused row would repeat it.
MAX_NAME_LENGTH = 200
# Names under which text formats carry shapes as WKT.
SHAPE_NAMES = ("geometry", "geom", "wkt", "the_geom")


@dataclass(frozen=True, slots=True)
class Matched:
    """``columns``: contract column -> delivered column; ``unknown``: delivered columns that mean nothing here."""

    columns: dict[str, str]
    unknown: tuple[str, ...]


# A reader tells repeated names apart by this mark and a number after it; to people it is the same name.
REPEAT_MARK = "\x00"


def shown(name: str) -> str:
    """Return a column name as it was delivered."""
    return name.partition(REPEAT_MARK)[0]


def header_names(frame: pl.DataFrame) -> list[str]:
    """Return the delivered columns of a frame as a person wrote them, without row numbers and shapes."""
    names = (shown(name) for name in frame.columns if name not in (ROW_NUMBER, GEOMETRY))
    return list(dict.fromkeys(names))


def normal(name: str) -> str:
    """Return a column name as it is compared: full-width forms folded, trimmed, case ignored."""
    return unicodedata.normalize("NFKC", shown(name)).replace("\ufeff", "").strip().casefold()


def unique_names(header: list[str], *, reserved: tuple[str, ...] = (ROW_NUMBER,)) -> list[str]:
    """Return names that a frame can hold; repeated and reserved names get the repeat mark and their position."""
    seen = set(reserved)
    names = []
    for position, name in enumerate(header, start=1):
        plain = shown(name)[:MAX_NAME_LENGTH] or f"(column {position})"
        unique = plain if plain not in seen else f"{plain}{REPEAT_MARK}{position}"
        seen.add(unique)
        names.append(unique)
    return names


def known_names(contract: Contract, options: DeliveryOptions) -> dict[str, list[str]]:
    """Return ``{contract column: normal delivered names}`` under which each column may be delivered.

    These are its name, its aliases and its Chinese name where no other column goes by that. A renamed column goes by
    its given name only, and that name means nothing else; two columns may be renamed to one delivered column.
    """
    taken = {normal(delivered) for delivered in options.rename.values()}
    uses = Counter(name for column in contract.columns for name in _own_names(column))
    known = {}
    for column in contract.columns:
        if column.name in options.rename:
            known[column.name] = [normal(options.rename[column.name])]
        elif column.name not in options.fill:
            named = [normal(name) for name in (column.name, *column.aliases)]
            zh = normal(column.zh)
            named += [zh] if uses[zh] == 1 and zh not in named else []
            known[column.name] = [name for name in named if name not in taken]
    return known


def _own_names(column: Column) -> set[str]:
    return {normal(name) for name in (column.name, *column.aliases, column.zh)}


def header_of(column: Column, contract: Contract) -> str:
    """Return the name under which a template shows a column: Chinese, unless another column goes by that, too."""
    is_shared = any(normal(column.zh) in _own_names(other) for other in contract.columns if other is not column)
    return column.name if is_shared else column.zh


def recognised_count(header: list[str], contract: Contract, options: DeliveryOptions) -> int:
    """Return how many cells of a header row name columns of the contract."""
    delivered = {normal(name) for name in header}
    return sum(not delivered.isdisjoint(names) for names in known_names(contract, options).values())


def match_columns(header: list[str], contract: Contract, options: DeliveryOptions, *, has_points: bool) -> Matched:
    """Return which delivered column fills which contract column.

    Parameters
    ----------
    header : list of str
        Delivered names, without ``row_number`` and the ``geometry`` of map formats.
    contract, options : Contract, DeliveryOptions
        Names, aliases and renames.
    has_points : bool
        Whether the file carries positions as shapes, so that longitude and latitude columns may lack.

    Raises
    ------
    DataRejected
        ``MISSING_COLUMN`` and ``DUPLICATE_HEADER``, all at once.
    """
    file = options.file_name
    findings = [
        Finding(
            "DUPLICATE_HEADER",
            f"The column {name!r} is there {count} times.",
            "Keep one of them or give them different names.",
            file=file,
            row=1,
            column=name,
        )
        for name, count in Counter(normal(name) for name in header if normal(name)).items()
        if count > 1
    ]
    means = {
        column: [name for name in header if normal(name) in names]
        for column, names in known_names(contract, options).items()
    }
    means = {column: names for column, names in means.items() if names}
    findings += [
        Finding(
            "DUPLICATE_HEADER",
            f"The columns {' and '.join(repr(shown(name)) for name in names)} both mean {column}.",
            f"Remove one, or say which it is in the delivery sheet: rename = {{ {column} = {shown(names[0])!r} }}.",
            file=file,
            row=1,
            column=column,
        )
        for column, names in means.items()
        if len({normal(name) for name in names}) > 1
    ]
    findings += _missing(means, header, contract, options, has_points=has_points)
    if findings:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in findings))
        raise DataRejected(f"{file} was refused: {rules}.", findings, fix="Mend the header row and send it again.")
    used = {name for names in means.values() for name in names}
    unknown = tuple(name for name in header if name not in used)
    return Matched({column: names[0] for column, names in means.items()}, unknown)


def _missing(
    means: dict[str, list[str]], header: list[str], contract: Contract, options: DeliveryOptions, *, has_points: bool
) -> list[Finding]:
    findings = []
    for column in contract.columns:
        positioned = has_points and column.type in ("longitude", "latitude")
        if column.name in means or column.name in options.fill or positioned:
            continue
        if column.name in options.rename:
            wanted = options.rename[column.name]
            findings.append(_missing_column(column, f"The delivery sheet says {column.name} = {wanted!r}", options))
        elif column.required:
            findings.append(_missing_column(column, f"The contract needs {column.name} ({column.zh})", options))
    seen = ", ".join(repr(shown(name)) for name in header[:20])
    return [
        Finding(f.rule, f"{f.message} The file has: {seen or 'no column'}.", f.fix, file=f.file, row=1, column=f.column)
        for f in findings
    ]


def _missing_column(column: Column, subject: str, options: DeliveryOptions) -> Finding:
    names = ", ".join((column.name, *column.aliases))
    return Finding(
        "MISSING_COLUMN",
        f"{subject}, but there is no such column.",
        f"Add a column with one of the names {names}, or say in the delivery sheet which column it is.",
        file=options.file_name,
        column=column.name,
    )
