"""Errors and findings: one base class with a stable code, and broken data rules as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from kernel.words import t


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule about data: which rule, where, and how to mend it.

    Attributes
    ----------
    rule : str
        Stable upper-case code of the rule, e.g. ``MISSING_COLUMN`` or ``RANGE``.
    message : str
        What is wrong, in a full sentence that names the offending value.
    fix : str
        What the sender should do about it.
    file, row, column : str, int, str or None
        Where it is. ``row`` counts data rows as a person sees them in the delivered file:
        the header of a CSV or sheet is row 1, so its first data row is row 2; for
        formats without a header (GeoJSON features, map layers) the first feature is 1.
    count : int
        How many places share the finding; ``row`` is then the first of them.
    """

    rule: str
    message: str
    fix: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    count: int = 1

    def as_dict(self) -> dict[str, object]:
        """Return the finding as a plain dict, ready for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                None if self.row is None else f"row {self.row}",
                None if self.column is None else f"column {self.column}",
            )
            if part
        )
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.rule} {place}{times}: {self.message} Mend: {self.fix}"


class SportsMapError(Exception):
    """Base of every error that this application raises on purpose.

    Parameters
    ----------
    message : str
        What happened.
    fix : str, optional
        What the reader can do about it.

    Notes
    -----
    ``code`` is stable: pages, the command line and the API show it, and tests rely on it.
    ``status`` is the HTTP status that the web edge answers with.
    """

    code = "INTERNAL"
    status = 500

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class UsageError(SportsMapError):
    """The caller asked for something that does not exist or does not fit."""

    code = "USAGE"
    status = 400


@dataclass(frozen=True, slots=True)
class Word:
    """A word key that fills a place of another text, in the language of its reader."""

    key: str


class WordedError(UsageError):
    """An impossible request whose words stand in the catalogue, so that every reader gets them in their language.

    Parameters
    ----------
    key : str
        Word key of the message; ``<key>_fix`` says what to do about it.
    **values
        Filled into the places of both texts; a :class:`Word` in the reader's language.
    """

    code = "IMPOSSIBLE"

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        message, fix = self.said("en")
        super().__init__(message, fix=fix)

    def said(self, lang: str) -> tuple[str, str]:
        """Return message and mend in a language."""
        values = {name: t(one.key, lang) if isinstance(one, Word) else one for name, one in self.values.items()}
        return t(self.key, lang, **values), t(f"{self.key}_fix", lang, **values)


class SettingError(SportsMapError):
    """A setting has a value that cannot be used."""

    code = "SETTING"


class AccessDenied(SportsMapError):
    """The account may not do this."""

    code = "ACCESS_DENIED"
    status = 403


class NotSignedIn(AccessDenied):
    """There is no valid session."""

    code = "NOT_SIGNED_IN"
    status = 401


class NoSnapshot(SportsMapError):
    """No warehouse snapshot has been published yet."""

    code = "NO_SNAPSHOT"
    status = 503


class BuildFailed(SportsMapError):
    """A build or one of its checks failed; nothing was published."""

    code = "BUILD_FAILED"


class QueryTimeout(SportsMapError):
    """A query ran past its limit and was stopped."""

    code = "QUERY_TIMEOUT"
    status = 503


class DataRejected(SportsMapError, ValueError):
    """A whole delivery was refused; ``findings`` lists everything that is wrong with it.

    ``row_count`` says how many rows were refused with it, where the file could be read far enough to count them, and
    ``header`` which columns it has.
    """

    code = "DATA_REJECTED"
    status = 422

    def __init__(self, message: str, findings: Iterable[Finding], *, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.findings = tuple(findings)
        self.row_count: int | None = None
        self.header: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {finding}" for finding in self.findings)])
