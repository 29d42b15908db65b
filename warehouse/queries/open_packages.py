"""The open packages that may be taken: kinds, versions, files. They are open to everybody, whatever the area."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analytics.disclosure import LEAST_PERSONS, ROUNDED_TO
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.contract import contracts
from warehouse.open_packages.definition import Package, packages
from warehouse.open_packages.rows import POSITION_STEP_DEG
from warehouse.open_packages.versions import Version, find_version, versions
from warehouse.queries import _run

__all__ = ["LEAST_PERSONS", "POSITION_STEP_DEG", "ROUNDED_TO", "OpenKind", "Version", "archive", "kinds", "table_name"]


class NoSuchPackage(WordedError):
    """There is no such package, or not in this version."""

    code = "NO_PACKAGE"
    status = 404


@dataclass(frozen=True, slots=True)
class OpenKind:
    """One kind with its versions, the newest first; withdrawn ones are among them."""

    package: Package
    versions: tuple[Version, ...]

    @property
    def latest(self) -> Version | None:
        """The newest version that may be taken."""
        return next((version for version in self.versions if not version.is_withdrawn), None)


def kinds(scope: GrantedScope) -> list[OpenKind]:  # noqa: ARG001 - open to everybody who asks
    """Return the six kinds in their order."""
    settings = _run.settings()
    return [OpenKind(package, tuple(versions(settings, kind))) for kind, package in packages().items()]


def archive(scope: GrantedScope, kind: str, version: str) -> tuple[Version, Path]:  # noqa: ARG001 - as `kinds`
    """Return a version and its ZIP archive.

    Parameters
    ----------
    scope : GrantedScope
        Who asks.
    kind : str
        E.g. ``facilities``.
    version : str
        As in the list, or ``latest``.

    Raises
    ------
    NoSuchPackage
        When there is none, or it was withdrawn.
    """
    found = find_version(_run.settings(), kind, version) if kind in packages() else None
    if found is None:
        raise NoSuchPackage("open.no_such", name=f"{kind} {version}"[:60])
    return found


def table_name(kind: str, table: str, lang: str) -> str:
    """Return the title of a table of a package."""
    defined = {own.name: own for own in packages()[kind].tables}
    if table not in defined or defined[table].dataset not in contracts():
        return table
    own, contract = defined[table], contracts()[defined[table].dataset]
    return (own.name_en or contract.name_en) if lang == "en" else (own.name_zh or contract.name_zh)
