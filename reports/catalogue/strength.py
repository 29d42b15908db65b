"""The strength index as a file: the recipe with its hash, places as intervals, points, values and totals, pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.strength import RankTable
from components.strength_form import part_words
from components.strength_league import gap_words, interval_words, tier_words
from components.strength_unit import name_of
from components.strength_view import BATCH, BATCHES, Answer, answer, asked_in, rank_batches
from kernel.units import unit_words
from kernel.words import t
from reports.catalogue._words import SEPARATOR
from reports.content import Column, Content, Kind, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance

_TOP_SHARE = 4


def make(asked: Asked) -> Content:
    """Return the index of the question that the page's address holds, over the full run of draws."""
    lang = asked.lang
    question, _ = asked_in(asked.scope, asked.query, asked.ledger)
    found = answer(asked.scope, lang, question)
    ranks = rank_batches(found, BATCHES)
    tables = [_league(found, ranks, lang), _recipe(found, lang), _points(found, lang)]
    if asked.file_format == "xlsx":
        # Too long for a document: every indicator of every area, every pair of areas.
        tables += [_values(found, lang), _pairs(found, ranks, lang)]
    recipe = question.recipe
    choice = [
        f"{t(f'strength.level_{question.level}', lang)} {question.year}",
        t(f"strength.form_{recipe.form}", lang),
        t(f"strength.weighting_{recipe.weighting}", lang),
        t(f"strength.normalisation_{recipe.normalisation}", lang),
        t(f"strength.aggregation_{recipe.aggregation}", lang),
    ]
    used = sorted({name for one in found.ground.members for name in one.inputs})
    return Content(
        title=t("strength.title", lang),
        subtitle=SEPARATOR.join(choice),
        lang=lang,
        provenance=provenance(lang, asked.address, used),
        definitions={
            t("strength.league", lang): t("strength.league_hint", lang),
            t("strength.draws_done", lang): f"{BATCH * BATCHES:,}",
            t("strength.digest", lang): found.digest,
            t("strength.values", lang): t("strength.values_hint", lang),
        },
        tables=tuple(tables),
        sections=tuple(Section(table.title, tables=(table,)) for table in tables),
    )


def _columns(lang: str, *named: tuple[str, Kind], **words: object) -> tuple[Column, ...]:
    return tuple(Column(key, t(f"strength.head_{key}", lang, **words), kind) for key, kind in named)


def _league(found: Answer, ranks: RankTable, lang: str) -> Table:
    k = max(1, len(found.codes) // _TOP_SHARE)
    top = ranks.top(k)
    rows = [
        (
            found.names[u],
            tier_words(ranks, u),
            interval_words(ranks, u),
            float(found.result.score[u]),
            float(top[u]),
            float(found.result.gap[u]),
            float(found.prepared.imputed_share[u]),
            gap_words(found, u, lang),
        )
        for u in ranks.order.tolist()
    ]
    columns = _columns(lang, ("area", "text"), ("tier", "text"), ("interval", "text"), ("score", "decimal"))
    columns += _columns(lang, ("top", "share"), ("gap", "decimal"), ("imputed", "share"), k=k)
    columns += _columns(lang, ("gaps", "text"))
    return Table(t("strength.league", lang), columns, rows, t("strength.league_hint", lang))


def _recipe(found: Answer, lang: str) -> Table:
    """Return the table that drives the index: indicator, part, goalposts, weight."""
    index, members = found.prepared.table, {one.code: one for one in found.ground.members}
    weight = index.weight * found.result.part_weight[index.part]
    rows = [
        (
            name_of(members[code], lang),
            part_words(index.parts[index.part[j]], lang),
            float(index.low[j]),
            float(index.high[j]),
            float(weight[j]),
        )
        for j, code in enumerate(index.codes)
    ]
    columns = _columns(lang, ("indicator", "text"), ("part", "text"), ("low", "any"), ("high", "any"))
    return Table(t("strength.recipe", lang), (*columns, *_columns(lang, ("weight", "share"))), rows)


def _points(found: Answer, lang: str) -> Table:
    parts = found.prepared.table.parts
    columns = [*_columns(lang, ("area", "text"))]
    columns += [Column(part, part_words(part, lang), "decimal") for part in parts]
    rows = [(name, *found.result.part_points[:, u].tolist()) for u, name in enumerate(found.names)]
    return Table(t("strength.points", lang), tuple(columns), rows)


def _values(found: Answer, lang: str) -> Table:
    rows: list[Sequence[object]] = []
    for j, one in enumerate(found.ground.members):
        per = one.place.per if one.place is not None else ""
        unit = unit_words(one.unit, lang) + (f" {t(f'strength.per_{per}', lang)}" if per else "")
        for u, name in zip(found.prepared.unit.tolist(), found.names, strict=True):
            value, total = float(found.ground.values[j, u]), float(found.ground.totals[j, u])
            # A yearly figure knows that a part is missing, not how much.
            is_known = np.isfinite(value) and not (found.ground.is_partial[j, u] and found.ground.delivered[j, u] == 1)
            share = float(found.ground.delivered[j, u]) if is_known else None
            cells = (_known(value), unit, _known(total) if per else None, share)
            rows.append((name_of(one, lang), name, *cells))
    columns = _columns(lang, ("indicator", "text"), ("area", "text"), ("compared", "precise"), ("unit", "text"))
    columns += _columns(lang, ("total", "decimal"), ("delivered", "share"))
    return Table(t("strength.values", lang), columns, rows, t("strength.values_hint", lang))


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _pairs(found: Answer, ranks: RankTable, lang: str) -> Table:
    order = ranks.order.tolist()
    columns = [*_columns(lang, ("area", "text"))]
    columns += [Column(f"above_{found.codes[u]}", found.names[u], "share") for u in order]
    rows = [(found.names[u], *ranks.above[u, order].tolist()) for u in order]
    return Table(t("strength.above", lang), tuple(columns), rows, t("strength.above_hint", lang))


EXPORT = Export("strength", "strength.view", "/strength", ("xlsx", "docx"), make)
