"""Finding datasets, their columns, code lists and items of the plan by what a person types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import polars as pl

from kernel.scope import GrantedScope
from warehouse.queries import _run, catalogue
from warehouse.queries.search import LONGEST_TEXT

Kind = Literal["dataset", "column", "code_list", "plan_item"]
# Ranks of a hit, best first; `match_rank` gives them.
EXACT, BEGINS, HOLDS, BESIDE = range(4)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found.

    Attributes
    ----------
    kind : {"dataset", "column", "code_list", "plan_item"}
        What it is.
    id : str
        Dataset; ``dataset.column``; ``list`` or ``list.code``; item of the plan.
    name_zh, name_en : str
        What it is called.
    beside : str
        Further words that it is found by, after everything that is found by its name; lower case.
    within : tuple of (str, str)
        Name in Chinese and English of what it belongs to, empty texts for a dataset.
    """

    kind: Kind
    id: str
    name_zh: str
    name_en: str
    beside: str = ""
    within: tuple[str, str] = ("", "")

    def name(self, lang: str) -> str:
        """Return its name in a language, Chinese where there is no other."""
        return (self.name_en if lang == "en" else self.name_zh) or self.name_zh


def find_entries(scope: GrantedScope, text: str, kind: Kind, limit: int) -> list[Entry]:
    """Return what a text finds of one kind, best first.

    Parameters
    ----------
    scope : GrantedScope
        Who asks; the names of everything in the catalogue are known to everybody.
    text : str
        What was typed, in either language; several words must all be found.
    kind : {"dataset", "column", "code_list", "plan_item"}
        What is looked for.
    limit : int
        Hits at most.
    """
    typed = text.strip()[:LONGEST_TEXT].lower()
    if not typed:
        return []
    ranked = []
    for place, (entry, names, beside) in enumerate(_index(_run.build_id(), scope)[kind]):
        rank = match_rank(typed, names, beside)
        if rank is not None:
            ranked.append((rank, len(entry.name_zh), place, entry))
    return [entry for *_, entry in sorted(ranked, key=lambda hit: hit[:3])[:limit]]


def match_rank(typed: str, names: tuple[str, ...], beside: str = "") -> int | None:
    """Return how well a text fits: equal to a name, begins one, lies in one, lies beside; None where it does not.

    Parameters
    ----------
    typed : str
        Lower case, without blanks around it.
    names : tuple of str
        Lower case.
    beside : str
        Further words, lower case; also where names are searched for several words at once.
    """
    if typed in names:
        return EXACT
    if any(name.startswith(typed) for name in names):
        return BEGINS
    if any(typed in name for name in names):
        return HOLDS
    words = typed.split()
    everything = f"{' '.join(names)} {beside}"
    return BESIDE if all(word in everything for word in words) else None


Indexed = dict[Kind, list[tuple[Entry, tuple[str, ...], str]]]


@lru_cache(maxsize=8)
def _index(build_id: str, scope: GrantedScope) -> Indexed:  # noqa: ARG001 - the build is part of the key
    found: Indexed = {"dataset": [], "column": [], "code_list": [], "plan_item": []}
    for entry in _entries(scope):
        last = entry.id.rpartition(".")[2]
        names = (entry.name_zh.lower(), entry.name_en.lower(), entry.id.lower(), last.lower())
        found[entry.kind].append((entry, names, entry.beside))
    return found


def _entries(scope: GrantedScope) -> Iterator[Entry]:
    names: dict[str, tuple[str, str]] = {}
    columns = catalogue.columns(scope)
    of_dataset = columns.group_by("dataset").agg(
        pl.concat_str("column_name", "name_zh", "name_en", separator=" ").str.join(" ")
    )
    beside = dict(of_dataset.iter_rows())
    for row in catalogue.datasets(scope).iter_rows(named=True):
        names[row["dataset"]] = row["name_zh"], row["name_en"]
        words = f"{row['owner']} {row['feeds']} {beside.get(row['dataset'], '')}".lower()
        yield Entry("dataset", row["dataset"], row["name_zh"], row["name_en"], words)
    for row in columns.iter_rows(named=True):
        within = names[row["dataset"]]
        key = f"{row['dataset']}.{row['column_name']}"
        yield Entry("column", key, row["name_zh"], row["name_en"], " ".join(within).lower(), within)
    tables = _run.manifest()["tables"]
    if "core.code_list" in tables:
        yield from _codes(scope)
    if "core.plan_item" in tables:
        for item, name_zh, name_en in _run.rows("search_plan_item.sql", scope).iter_rows():
            yield Entry("plan_item", item, name_zh, name_en or "")


def _codes(scope: GrantedScope) -> Iterator[Entry]:
    frame = _run.rows("search_code.sql", scope)
    for list_name in frame["list_name"].unique(maintain_order=True):
        yield Entry("code_list", list_name, list_name, list_name)
    for row in frame.iter_rows(named=True):
        listed = row["list_name"]
        key = f"{listed}.{row['code']}"
        yield Entry("code_list", key, row["code_name_zh"], row["code_name_en"] or "", "", (listed, listed))
