"""What a finding says to people in their language: the rule, the place, the value, how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.words import catalogue, t
from warehouse.contract_terms import Contract, Rule


def contract_rule(code: str, terms: Contract) -> Rule | None:
    """Return the rule of a contract behind a code such as ``ENDS_BEFORE_START``; None for rules of the hub."""
    return next((rule for rule in terms.rules if rule.name.upper() == code), None)


def rule_words(code: str, terms: Contract, lang: str) -> str:
    """Return what a rule says is wrong; the code itself where it has no words."""
    own = contract_rule(code, terms)
    if own is not None:
        return own.zh if lang == "zh" else own.en
    key = f"ingest.rule_{code.lower()}"
    return t(key, lang) if key in catalogue() else code


def fix_words(code: str, terms: Contract, lang: str) -> str:
    """Return how to mend what a rule found; empty where nothing is known."""
    own = contract_rule(code, terms)
    if own is not None:
        return own.fix_zh if lang == "zh" else own.fix_en
    key = f"ingest.fix_{code.lower()}"
    return t(key, lang) if key in catalogue() else ""


def column_words(column: str | None, terms: Contract, lang: str) -> str:
    """Return the name of a column as people read it; a delivered name that the contract does not know stays."""
    if not column:
        return ""
    if column not in terms.column_names:
        return column
    known = terms.column(column)
    return known.zh if lang == "zh" else known.en


def place_words(finding: Mapping[str, Any], terms: Contract, lang: str) -> str:
    """Return where a finding is: row, column, and how many rows share it."""
    parts = []
    if finding.get("row"):
        parts.append(t("upload.row", lang, row=f"{finding['row']:,}"))
    if finding.get("column"):
        parts.append(t("upload.column", lang, column=column_words(str(finding["column"]), terms, lang)))
    if (finding.get("count") or 1) > 1:
        parts.append(t("upload.times", lang, count=f"{finding['count']:,}"))
    return ("，" if lang == "zh" else ", ").join(parts)


def reason_words(fault: Mapping[str, Any], value: str, terms: Contract, lang: str) -> str:
    """Return why a row was refused: in English the full sentence of the check, in Chinese rule, column and value.

    Parameters
    ----------
    fault : mapping
        ``rule``, ``column`` and ``message``, of a refused row or a finding.
    value : str
        What the row holds there, as delivered.
    terms : Contract
        The dataset.
    lang : str
        Language.
    """
    code = str(fault["rule"])
    if lang == "en" and contract_rule(code, terms) is None:
        return str(fault["message"])
    words = rule_words(code, terms, lang)
    named = column_words(fault.get("column"), terms, lang)
    if named and value:
        return t("upload.reason_value", lang, column=named, value=value[:60], words=words)
    return t("upload.reason_column", lang, column=named, words=words) if named else words
