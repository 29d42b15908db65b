"""``/api/search``: regions, indicators, venues, the catalogue, plan items and exports by name, for the palette."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

import orjson
from flask import Response, request

from analytics.indicator import indicators
from components.page import Resource
from components.request import RequestContext, current
from kernel.errors import NoSnapshot
from kernel.words import t
from reports.export import exports
from warehouse.queries import indicators as figures
from warehouse.queries import search
from warehouse.queries.search_catalogue import Entry, Kind, find_entries, match_rank

# Hits of a group that the palette lists.
OF_A_GROUP = 6
DATASET_PATH = "/data/dataset"

Item: TypeAlias = dict[str, str]


class Group(NamedTuple):
    """One group of the palette: its code (words ``shell.search_<code>``), the actions it needs, and how it is found.

    A later subject is one more line of `GROUPS`.
    """

    code: str
    actions: frozenset[str]
    find: Callable[[RequestContext, str], list[Item]]


def show() -> Response:
    """Return ``{"groups": [{"code", "title", "rank", "items": [{"name", "detail", "path"}]}]}``, best group first.

    ``rank`` is that of the best hit: 0 the text is the name, 1 begins it, 2 lies in it, 3 beside it.
    """
    context = current()
    text = request.args.get("text", "").strip()
    groups: list[dict[str, Any]] = []
    lacking: NoSnapshot | None = None
    for group in GROUPS:
        if text and group.actions <= context.scope.actions:
            try:
                items = group.find(context, text)
            except NoSnapshot as error:
                # The snapshot of an earlier version lacks one kind of thing: the others are found all the same.
                lacking = error
                continue
            if items:
                title = t(f"shell.search_{group.code}", context.lang)
                groups.append({"code": group.code, "title": title, "rank": _rank(text, items), "items": items})
    if lacking is not None and not groups:
        raise lacking
    groups.sort(key=lambda group: group["rank"])
    return Response(orjson.dumps({"groups": groups}), mimetype="application/json")


def _rank(text: str, items: list[Item]) -> int:
    typed = text.lower()
    ranks = [match_rank(typed, (item["name"].lower(), item.get("code", "").lower())) for item in items]
    return min((rank for rank in ranks if rank is not None), default=3)


def _regions(context: RequestContext, text: str) -> list[Item]:
    found = search.find_regions(context.scope, text, context.lang, OF_A_GROUP)
    return [_place(hit, "level", context.lang) | {"code": hit.id} for hit in found]


def _venues(context: RequestContext, text: str) -> list[Item]:
    found = search.find_venues(context.scope, text, context.lang, OF_A_GROUP)
    return [_place(hit, "category", context.lang) for hit in found]


def _place(hit: search.Found, words: str, lang: str) -> Item:
    detail = f"{t(f'sport.{words}_{hit.detail}', lang)} · {hit.area}"
    return {"name": hit.name, "detail": detail, "path": f"/map?{urlencode([(hit.kind, hit.id)])}"}


def _of_catalogue(kind: Kind) -> Callable[[RequestContext, str], list[Item]]:
    """Return how entries of the catalogue are found."""

    def find(context: RequestContext, text: str) -> list[Item]:
        found = find_entries(context.scope, text, kind, OF_A_GROUP)
        return [_entry(entry, context.lang) for entry in found]

    return find


def _entry(entry: Entry, lang: str) -> Item:
    within = entry.within[lang == "en"]
    first, _, last = entry.id.partition(".")
    query: dict[str, str] = {"code": first}
    part, detail = "", entry.id
    if entry.kind == "column":
        query["column"], part, detail = last, "#columns", f"{within} · {last}"
    elif entry.kind == "code_list":
        query, part = {"code": "code_list", "list": first}, f"#list-{first}"
    path = f"{DATASET_PATH}?{urlencode(query)}{part}"
    if entry.kind == "plan_item":
        path = f"/tracker?{urlencode({'q': entry.id})}"
    return {"name": entry.name(lang), "detail": detail, "path": path, "code": last or first}


def _exports(context: RequestContext, text: str) -> list[Item]:
    """Return the exports by name; each leads to the page that offers it."""
    found = []
    for export in exports().values():
        if export.action in context.scope.actions:
            name = t(export.name_key, context.lang)
            rank = match_rank(text.lower(), (name.lower(), export.code))
            if rank is not None:
                found.append((rank, {"name": name, "detail": export.code, "path": export.page, "code": export.code}))
    return [item for _, item in sorted(found, key=lambda hit: hit[0])[:OF_A_GROUP]]


def _indicators(context: RequestContext, text: str) -> list[Item]:
    """Return the indicators by name in either language or by code; each opens in full on the page of its system."""
    found = []
    for one in indicators().values() if figures.is_readable(context.scope) else ():
        rank = match_rank(text.lower(), (one.name_zh.lower(), one.name_en.lower(), one.code))
        if rank is not None:
            name = one.name_en if context.lang == "en" else one.name_zh
            path = f"/monitoring/{one.system}?{urlencode({'indicator': one.code})}"
            detail = t(f"monitoring.system_{one.system}", context.lang)
            found.append((rank, {"name": name, "detail": detail, "path": path, "code": one.code}))
    return [item for _, item in sorted(found, key=lambda hit: hit[0])[:OF_A_GROUP]]


_MAP, _DATA = frozenset({"map.view"}), frozenset({"data.view"})
GROUPS = (
    Group("regions", _MAP, _regions),
    Group("indicators", frozenset({"monitoring.view"}), _indicators),
    Group("datasets", _DATA, _of_catalogue("dataset")),
    Group("columns", _DATA, _of_catalogue("column")),
    Group("plan_items", frozenset({"tracker.view"}), _of_catalogue("plan_item")),
    Group("code_lists", _DATA, _of_catalogue("code_list")),
    Group("exports", frozenset({"export.make"}), _exports),
    Group("venues", _MAP, _venues),
)
RESOURCE = Resource(rule="/api/search", action="search.use", view=show)
