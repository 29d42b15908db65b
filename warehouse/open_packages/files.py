"""The files of an open package: CSV, GeoJSON, table schema, licence and read-me; equal content is equal bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import shapely

from analytics.disclosure import LEAST_PERSONS, ROUNDED_TO
from kernel.words import LANGUAGES, t
from warehouse.contract_terms import Contract
from warehouse.open_packages.definition import Package
from warehouse.open_packages.rows import ALL, POSITION_STEP_DEG, OpenTable

# Types of the contract as table schemas call them.
SCHEMA_TYPES = {
    "text": "string",
    "code": "string",
    "integer": "integer",
    "number": "number",
    "longitude": "number",
    "latitude": "number",
    "boolean": "boolean",
    "date": "date",
    "instant": "datetime",
}
# Texts that a spreadsheet would take for a formula are led by an apostrophe.
_FORMULA = r"^([=+\-@\t\r])"
# The first day that a ZIP file can name: the time of making is no part of the content.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset behind a package: its name, who delivered it under which licence, and whether it is generated."""

    dataset: str
    name_zh: str
    name_en: str
    publisher: str
    licence: str
    period: str
    is_demo: bool


def package_files(
    package: Package,
    tables: Sequence[OpenTable],
    sources: Sequence[Source],
    contracts: Mapping[str, Contract],
    codes: pl.DataFrame | None = None,
) -> dict[str, bytes]:
    """Return the files of a package by name.

    Parameters
    ----------
    package : Package
        Which kind.
    tables : sequence of OpenTable
        What leaves.
    sources : sequence of Source
        Datasets behind the tables.
    contracts : mapping
        Contracts by dataset: titles, units and allowed values of the columns.
    codes : DataFrame, optional
        The code lists that the columns use, with the meaning of each code.
    """
    is_demo = any(source.is_demo for source in sources)
    found: dict[str, bytes] = {}
    for table in tables:
        stem = file_stem(table.table.name, is_demo)
        found[f"data/{stem}.csv"] = csv_bytes(table.frame)
        if table.shapes is not None:
            found[f"data/{stem}.geojson"] = geojson_bytes(table.frame, table.shapes)
    if codes is not None and codes.height:
        found["data/codes.csv"] = csv_bytes(codes)
    found["datapackage.json"] = _json(_schema(package, tables, sources, contracts, is_demo))
    found["LICENCE.txt"] = "\n\n".join(_licence(sources, lang) for lang in LANGUAGES).encode() + b"\n"
    for lang, name in (("zh", "README.md"), ("en", "README.en.md")):
        found[name] = _readme(package, tables, sources, is_demo, lang).encode()
    return found


def code_lists(tables: Sequence[OpenTable], contracts: Mapping[str, Contract]) -> list[str]:
    """Return the names of the code lists that the columns of the tables use."""
    found = set()
    for table in tables:
        contract = contracts[table.table.dataset]
        columns = [contract.column(name) for name in table.frame.columns if name in contract.column_names]
        found |= {column.code_list for column in columns if column.code_list}
    return sorted(found)


def file_stem(name: str, is_demo: bool) -> str:
    """Return a file name without ending, with the mark of generated data where it is due."""
    return f"{name}_{t('shell.demo_mark', 'zh')}" if is_demo else name


def content_hash(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and contents of the files."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return the files as a ZIP archive: sorted, without time, so that equal content gives equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return target.getvalue()


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8 with a byte order mark, texts that look like formulas led by an apostrophe."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(pl.col(texts).str.replace(_FORMULA, "'${1}")) if texts else frame
    return safe.write_csv(include_bom=True, datetime_format="%Y-%m-%dT%H:%M:%SZ").encode()


def geojson_bytes(frame: pl.DataFrame, shapes: Any) -> bytes:
    """Return a table as GeoJSON (RFC 7946), one feature a line."""
    dates = [name for name, kind in frame.schema.items() if kind.is_temporal()]
    properties = frame.with_columns(pl.col(dates).cast(pl.String)) if dates else frame
    texts = properties.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    lines = [
        f'{{"type":"Feature","geometry":{shape},"properties":{text}}}'
        for shape, text in zip(shapely.to_geojson(shapes), texts, strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _schema(
    package: Package,
    tables: Sequence[OpenTable],
    sources: Sequence[Source],
    contracts: Mapping[str, Contract],
    is_demo: bool,
) -> dict[str, Any]:
    """Return the description of the package as a table schema in JSON."""
    return {
        "name": f"sports-open-{package.kind}",
        "title": package.name_zh,
        "title_en": package.name_en,
        "description": package.about_zh,
        "description_en": package.about_en,
        "is_demo": is_demo,
        "mark": t("shell.demo_mark", "zh") if is_demo else "",
        "sources": [
            {
                "title": source.name_zh,
                "dataset": source.dataset,
                "publisher": source.publisher,
                "licence": source.licence,
            }
            for source in sources
        ],
        "resources": [
            {
                "name": table.table.name,
                "path": f"data/{file_stem(table.table.name, is_demo)}.csv",
                "title": table_title(table, contracts, "zh"),
                "title_en": table_title(table, contracts, "en"),
                "format": "csv",
                "encoding": "utf-8",
                "rows": table.frame.height,
                "schema": {
                    "fields": [_field(name, table, contracts[table.table.dataset]) for name in table.frame.columns],
                    "primaryKey": list(table.key),
                    "missingValues": [""],
                },
            }
            for table in tables
        ],
    }


def table_title(table: OpenTable, contracts: Mapping[str, Contract], lang: str) -> str:
    """Return the title of a table: its own, else the name of its dataset."""
    own, contract = table.table, contracts[table.table.dataset]
    return (own.name_en or contract.name_en) if lang == "en" else (own.name_zh or contract.name_zh)


def _field(name: str, table: OpenTable, contract: Contract) -> dict[str, Any]:
    if name in contract.column_names:
        column = contract.column(name)
        limits = {
            "required": column.required and not table.table.count_by,
            "minimum": column.min,
            "maximum": column.max,
            "maxLength": column.max_length,
            "pattern": column.pattern,
            "enum": list(column.codes) or None,
        }
        if table.table.count_by == name:
            limits = {"enum": [*column.codes, ALL] if column.codes else None}
        field = {
            "name": name,
            "type": SCHEMA_TYPES[column.type],
            "title": column.zh,
            "title_en": column.en,
            "unit": column.unit,
            "codeList": column.code_list,
            "constraints": {key: value for key, value in limits.items() if value} or None,
        }
        return {key: value for key, value in field.items() if value is not None}
    kinds = {"person_count": "integer", "is_hidden": "boolean"}
    return {
        "name": name,
        "type": kinds.get(name, "string"),
        "title": t(f"open.field_{name}", "zh"),
        "title_en": t(f"open.field_{name}", "en"),
    }


def _licence(sources: Sequence[Source], lang: str) -> str:
    lines = [t("open.licence_text", lang), ""]
    for source in sources:
        name = source.name_en if lang == "en" else source.name_zh
        lines.append(t("open.licence_line", lang, name=name, publisher=source.publisher, licence=source.licence))
    return "\n".join(lines)


def _readme(package: Package, tables: Sequence[OpenTable], sources: Sequence[Source], is_demo: bool, lang: str) -> str:
    mark = t("open.readme_demo", lang, mark=t("shell.demo_mark", lang)) if is_demo else ""
    lines = [f"# {package.name(lang)}", ""]
    lines += [f"> {mark}", ""] if mark else []
    lines += [package.about(lang), "", f"## {t('open.readme_tables', lang)}", ""]
    for table in tables:
        stem = file_stem(table.table.name, is_demo)
        kinds = "CSV, GeoJSON" if table.shapes is not None else "CSV"
        rows = t("open.readme_rows", lang, rows=f"{table.frame.height:,}")
        lines.append(f"- `{stem}`: {kinds}, {rows}")
        if table.table.count_by:
            lines.append(f"  {t('open.readme_counts', lang, least=LEAST_PERSONS, step=ROUNDED_TO)}")
    lines += ["", f"## {t('open.readme_terms', lang)}", "", t("open.licence_text", lang), ""]
    for source in sources:
        name = source.name_en if lang == "en" else source.name_zh
        period = f" ({source.period})" if source.period else ""
        lines.append(f"- {name}{period}: {source.publisher}; {source.licence}")
    notes = [
        t("open.readme_persons", lang),
        t("open.readme_positions", lang, step=f"{POSITION_STEP_DEG:g}"),
        t("open.readme_formula", lang),
        t("open.readme_schema", lang),
        t("open.readme_codes", lang),
    ]
    lines += ["", f"## {t('open.readme_notes', lang)}", "", *(f"- {note}" for note in notes), ""]
    return "\n".join(lines)


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
