"""Contracts of the datasets: ``warehouse/datasets/<dataset>/contract.toml``, strictly read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from kernel.errors import UsageError
from warehouse.contract_terms import TYPES, Column, Contract, ContractError, Rule
from warehouse.contract_text import parse_contract

__all__ = ["TYPES", "Column", "Contract", "ContractError", "Rule", "contract", "contracts", "parse_contract"]


@cache
def contracts() -> dict[str, Contract]:
    """Return every contract: ``{dataset: contract}``, sorted by dataset.

    Raises
    ------
    ContractError
        When a contract breaks the rules.
    """
    root = files("warehouse") / "datasets"
    folders = sorted((item for item in root.iterdir() if item.is_dir()), key=lambda item: item.name)
    return {
        folder.name: parse_contract(folder.name, (folder / "contract.toml").read_text("utf-8"), tries=False)
        for folder in folders
        if (folder / "contract.toml").is_file()
    }


def contract(dataset: str) -> Contract:
    """Return the contract of one dataset.

    Raises
    ------
    UsageError
        When there is no such dataset.
    """
    known = contracts()
    if dataset not in known:
        raise UsageError(f"There is no dataset {dataset!r}.", fix=f"Use one of {', '.join(known)}.")
    return known[dataset]
