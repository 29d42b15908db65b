"""Why a package or a request of another node is refused: one check that failed, in words for both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from kernel.errors import NotSignedIn, WordedError

VerdictState = Literal["passed", "failed", "held", "skipped"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one check of a package ended.

    Attributes
    ----------
    check : str
        Code of the check; its name is the word ``exchange.check_<code>``.
    state : {"passed", "failed", "held", "skipped"}
        How it ended; ``held`` waits for another package.
    key : str
        Word key of what was found, empty where the check passed without more to say.
    values : dict
        Filled into the words.
    """

    check: str
    state: VerdictState
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain JSON values."""
        return {"check": self.check, "state": self.state, "key": self.key, "values": self.values}


class PackageRefused(WordedError):
    """A package breaks a rule; nothing of it was taken in.

    Parameters
    ----------
    check : str
        The check that failed.
    reason : str
        Word key under ``exchange``.
    **values
        Filled into the words.
    """

    code = "PACKAGE_REFUSED"
    status = 422

    def __init__(self, check: str, reason: str, **values: object) -> None:
        self.check = check
        self.verdicts: tuple[Verdict, ...] = ()
        # What the package claims to be, where that could be read; a `warehouse.exchange.manifest.Manifest`.
        self.manifest: Any = None
        super().__init__(f"exchange.{reason}", **values)

    @property
    def verdict(self) -> Verdict:
        """Return the failed check."""
        return Verdict(self.check, "failed", self.key, self.values)


class RequestRefused(NotSignedIn):
    """A request of a node is not signed as it must be; the answer says no more than that."""

    code = "NODE_UNKNOWN"
