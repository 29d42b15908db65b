"""The items of the plans with their states, evidence and what is missing; and the numeric targets."""

from __future__ import annotations

import polars as pl
from flask import current_app

from components.plan_cards import LEVEL_STATES
from kernel.clock import now
from kernel.errors import WordedError
from kernel.publishers import department_words
from kernel.words import t
from reports.content import Column, Content, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import plan

USES = ("plan_item",)


def make(asked: Asked) -> Content:
    """Return the whole list, counts by level and state, and the numeric targets."""
    if not plan.is_tracked():
        raise WordedError("tracker.export_not_tracked")
    lang = asked.lang
    frame = plan.items(asked.scope, pages=current_app.extensions["pages"], year=now().year)
    tables = (_states(frame, lang), _targets(asked, lang), _items(frame, lang))
    return Content(
        title=t("tracker.title", lang),
        subtitle=t("tracker.items", lang, count=frame.height),
        lang=lang,
        provenance=provenance(lang, asked.address, _used()),
        definitions={
            t("tracker.column_state", lang): t("tracker.hint", lang, count=frame.height),
            t("tracker.overdue", lang): t("tracker.overdue_note", lang),
            t("tracker.column_owner", lang): t("tracker.owner_note", lang),
        },
        tables=tables,
        layers=(),
        picture=None,
        sections=(
            Section(t("tracker.summary", lang), tables=(tables[0],)),
            Section(t("tracker.targets", lang), tables=(tables[1],)),
            Section(t("tracker.list", lang), tables=(tables[2].without("works_when", "evidence", "missing"),)),
        ),
    )


def _used() -> set[str]:
    """Return the datasets behind the file: the items, and what the numeric targets are measured from."""
    return {*USES, *(name for target in plan.target_list() for name in target.datasets)}


def _states(frame: pl.DataFrame, lang: str) -> Table:
    counted = frame.group_by("level_code", "state_code").agg(count=pl.len(), overdue=pl.col("is_overdue").sum())
    order = [(level, state) for level, states in LEVEL_STATES.items() for state in states]
    rows = {(row["level_code"], row["state_code"]): row for row in counted.iter_rows(named=True)}
    columns = (
        Column("level", t("tracker.column_level", lang)),
        Column("state", t("tracker.column_state", lang)),
        Column("count", t("tracker.column_count", lang), "count"),
        Column("overdue", t("tracker.overdue", lang), "count"),
    )
    body = [
        [t(f"tracker.level_{level.lower()}", lang), t(f"tracker.state_{state}", lang), row["count"], row["overdue"]]
        for level, state in order
        if (row := rows.get((level, state)))
    ]
    return Table(t("tracker.summary", lang), columns, body)


def _targets(asked: Asked, lang: str) -> Table:
    newest = plan.target_months(asked.scope).sort("month").group_by("measure_code").last()
    found = {row["measure_code"]: row for row in newest.iter_rows(named=True)}
    columns = (
        Column("item", t("tracker.column_item", lang)),
        Column("name", t("tracker.column_name", lang)),
        Column("unit", t("tracker.column_unit", lang)),
        Column("target", t("tracker.target", lang), "decimal"),
        Column("year", t("tracker.column_year", lang)),
        Column("value", t("tracker.column_value", lang), "decimal"),
        Column("month", t("tracker.column_month", lang)),
        Column("definition", t("tracker.column_definition", lang)),
    )
    body = []
    for target in plan.target_list():
        row = found.get(target.code, {})
        words = (
            (target.name_en, target.unit_en, target.definition_en)
            if lang == "en"
            else (target.name_zh, target.unit_zh, target.definition_zh)
        )
        measured = [row.get("value"), row.get("month")]
        body.append([target.item_id, words[0], words[1], target.value, str(target.year), *measured, words[2]])
    return Table(t("tracker.targets", lang), columns, body, t("tracker.targets_hint", lang))


def _items(frame: pl.DataFrame, lang: str) -> Table:
    join = t("export.list_join", lang)
    keys = ("item", "name", "level", "owner", "year", "state", "overdue", "works_when", "evidence", "missing", "lacks")
    names = {
        key: t(
            f"tracker.column_{key}" if key in {"item", "name", "level", "owner", "year", "state"} else f"tracker.{key}",
            lang,
        )
        for key in keys
    }
    body = []
    for row in frame.iter_rows(named=True):
        name = row["name_en"] if lang == "en" and row["name_en"] else row["name_zh"]
        works = row["works_when"] if lang == "en" else row["works_when_zh"] or row["works_when"]
        body.append(
            [
                row["item_id"],
                name,
                t(f"tracker.level_{row['level_code'].lower()}", lang),
                department_words(row["owner_unit"], lang),
                str(row["due_year"]),
                t(f"tracker.state_{row['state_code']}", lang),
                t("tracker.overdue", lang) if row["is_overdue"] else "",
                works,
                join.join(row["evidence"]),
                join.join(row["missing"]),
                join.join(t(f"tracker.lack_{code}", lang) for code in row["lacks"]),
            ]
        )
    return Table(t("tracker.list", lang), tuple(Column(key, names[key]) for key in keys), body)


EXPORT = Export("plan", "tracker.view", "/tracker", ("xlsx", "docx"), make)
