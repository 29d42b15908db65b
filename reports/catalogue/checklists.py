"""Checklists as files: scores, every failing item with what to do, and the rules themselves."""

from __future__ import annotations

import polars as pl

from analytics.standards import Checklist
from components.checklist_view import clause_words, size_words, step_words, words_of
from components.numbers import show_exact, show_number
from kernel.errors import WordedError
from kernel.words import t
from reports.content import Column, Content, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import checklists

USES = {
    checklists.VENUES: ("smart_venue_system", "venue", "code_list"),
    checklists.PROJECTS: ("project_register", "standard_register", "code_list"),
}
_ID = {checklists.VENUES: "venue_id", checklists.PROJECTS: "project_id"}
_NAME = {checklists.VENUES: "venue_name", checklists.PROJECTS: "project_name"}
# Rows of a table that paper takes.
_ON_PAPER = 40


def make(asked: Asked) -> Content:
    """Return the scores of ``checklist=``: ``smart_venue`` or ``project_norm``."""
    code = asked.query.get("checklist") or checklists.VENUES
    if code not in USES:
        raise WordedError("register.unknown_checklist", code=code[:40], known=", ".join(USES))
    lang, checklist = asked.lang, checklists.checklist_of(code)
    frame = checklists.venues(asked.scope) if code == checklists.VENUES else checklists.projects(asked.scope)
    scores, items, rules = (
        _scores(asked, code, checklist, frame),
        _items(asked, code, checklist, frame),
        _rules(asked, checklist),
    )
    short = tuple(Table(part.title, part.columns, part.rows[:_ON_PAPER], part.note) for part in (scores, items))
    sections = (
        Section(asked.words("findings"), (_finding(code, frame, lang),)),
        Section(scores.title, tables=(short[0].without(_ID[code], "region_code"),)),
        Section(items.title, tables=(short[1].without(_ID[code], "clause"),)),
        Section(rules.title, tables=(rules,)),
    )
    return Content(
        title=t(f"register.export_title_{'venues' if code == checklists.VENUES else 'projects'}", lang),
        subtitle=words_of(checklist, "name", lang),
        lang=lang,
        provenance=provenance(lang, asked.address, USES[code]),
        definitions={
            t("register.threshold", lang): t("register.pass_rule", lang, points=f"{checklist.pass_points:g}"),
            t("register.source", lang): words_of(checklist, "source", lang),
            t("register.clause", lang): words_of(checklist, "reading", lang),
        },
        tables=(scores, items, rules),
        sections=sections,
    )


def _scores(asked: Asked, code: str, checklist: Checklist, frame: pl.DataFrame) -> Table:
    lang = asked.lang
    sizes = {size.code: words_of(size, "name", lang) for size in checklist.sizes}
    not_asked, passes, fails = (pl.lit(t(f"register.{word}", lang)) for word in ("not_asked", "passes", "fails"))
    asked_for = pl.when(pl.col("is_passing")).then(passes).otherwise(fails)
    more = (
        (Column("live_count", t("register.live", lang), "count"),)
        if code == checklists.VENUES
        else (
            Column("unit_name", t("register.unit", lang)),
            Column("overdue_days", t("register.overdue", lang), "count"),
            Column("standard_cited", t("register.standard", lang)),
        )
    )
    columns = (
        Column(_ID[code], t("register.id", lang)),
        Column(_NAME[code], t("register.venue" if code == checklists.VENUES else "register.project", lang)),
        Column("region_code", t("register.region_code", lang)),
        Column("size_name", t("register.size", lang)),
        Column("points", t("register.points", lang), "decimal"),
        Column("result", t("register.result", lang)),
        *more,
    )
    named = frame.with_columns(
        size_name=pl.col("size_code").replace_strict(sizes, return_dtype=pl.String),
        result=pl.when(pl.col("points").is_null()).then(not_asked).otherwise(asked_for),
    )
    return Table.of(t("register.points", lang), columns, named)


def _items(asked: Asked, code: str, checklist: Checklist, frame: pl.DataFrame) -> Table:
    """Return one row a thing and item that it lacks, in part or wholly."""
    lang = asked.lang
    columns = (
        Column(_ID[code], t("register.id", lang)),
        Column(_NAME[code], t("register.venue" if code == checklists.VENUES else "register.project", lang)),
        Column("item", t("register.item", lang)),
        Column("state", t("register.result", lang)),
        Column("fix", t("register.fix", lang)),
        Column("clause", t("register.clause", lang)),
    )
    rows = [
        (
            row[_ID[code]],
            row[_NAME[code]],
            words_of(lack.item, "name", lang),
            t("register.mark_partial" if lack.is_partial else "register.mark_missing", lang),
            words_of(lack.item, "fix", lang),
            clause_words(checklist, lack.item, lang),
        )
        for row in frame.iter_rows(named=True)
        for lack in checklists.lacks(checklist, row["missing_items"], row["partial_items"])
    ]
    return Table(t("register.export_items", lang), columns, rows)


def _rules(asked: Asked, checklist: Checklist) -> Table:
    lang = asked.lang
    columns = (
        Column("item", t("register.item", lang)),
        *(Column(f"weight_{size.code}", words_of(size, "name", lang), "any") for size in checklist.sizes),
        Column("steps", t("register.points", lang)),
        Column("clause", t("register.clause", lang)),
    )
    rows = [
        (words_of(item, "name", lang), *item.weights, step_words(item, lang), clause_words(checklist, item, lang))
        for item in checklist.items
    ]
    return Table(t("register.export_rules", lang), columns, rows, note=size_words(checklist, lang))


def _finding(code: str, frame: pl.DataFrame, lang: str) -> str:
    asked = frame.filter(pl.col("points").is_not_null())
    passing = show_exact(asked.filter("is_passing").height, lang)
    if code == checklists.PROJECTS:
        overdue = show_exact(frame.filter(pl.col("overdue_days") > 0).height, lang)
        count = show_exact(frame.height, lang)
        return t("register.export_finding_projects", lang, count=count, passing=passing, overdue=overdue)
    mean = float(asked["points"].to_numpy().mean()) if asked.height else None
    return t(
        "register.export_finding_venues",
        lang,
        count=show_exact(asked.height, lang),
        passing=passing,
        mean=show_number(mean, lang, digits=1),
    )


EXPORT = Export("checklists", "data.view", "/data/standards", ("xlsx", "docx"), make)
