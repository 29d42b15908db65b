"""What an export declares, what it is asked, and how its content becomes a file in one of the formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

from sqlalchemy import Engine

from kernel.errors import WordedError
from kernel.registry import members
from kernel.scope import GrantedScope
from kernel.words import t
from reports.content import Content
from reports.document import write_document
from reports.layers import write_geojson, write_geopackage
from reports.picture import write_picture
from reports.tables import clean_text, write_workbook
from warehouse.queries.venue_filter import (
    DEFAULT_MINUTES,
    MINUTES,
    DistanceKind,
    VenueFilter,
    read_distance,
    read_filter,
)

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
_LONGEST_NAME = 100


class FileFormat(NamedTuple):
    """A kind of file: its media type and its writer."""

    mimetype: str
    write: Callable[[Content, Path], None]


FORMATS: dict[str, FileFormat] = {
    "xlsx": FileFormat("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
    "gpkg": FileFormat("application/geopackage+sqlite3", write_geopackage),
    "geojson": FileFormat("application/geo+json", write_geojson),
    "docx": FileFormat("application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_document),
    "png": FileFormat("image/png", write_picture),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor asks of an export.

    Attributes
    ----------
    scope : GrantedScope
        What the visitor may read.
    lang : str
        Language of the file.
    query : mapping of str to str
        Parameters, as the pages' addresses have them.
    address : str
        Path and query that make the file again.
    file_format : str
        Key of `FORMATS`.
    ledger : Engine
        For saved scenarios and finished jobs.
    """

    scope: GrantedScope
    lang: str
    query: Mapping[str, str]
    address: str
    file_format: str
    ledger: Engine

    @property
    def venue_filter(self) -> VenueFilter:
        """Which venues count."""
        return read_filter(self.query)

    @property
    def distance(self) -> DistanceKind:
        """Walking along streets, or the straight-line comparison."""
        return read_distance(self.query)

    @property
    def minutes(self) -> int:
        """The circle.

        Raises
        ------
        WordedError
            When there is no such circle.
        """
        text = self.query.get("minutes", str(DEFAULT_MINUTES))
        if text not in {str(minutes) for minutes in MINUTES}:
            raise WordedError("export.no_circle", minutes=text[:20])
        return int(text)

    def words(self, key: str, /, **values: object) -> str:
        """Return words of this area in the visitor's language."""
        return t(f"export.{key}", self.lang, **values)


@dataclass(frozen=True, slots=True)
class Export:
    """Declaration of a module of ``reports.catalogue``, its ``EXPORT``.

    Attributes
    ----------
    code : str
        The module's name, part of the address.
    action : str
        Action for what is read, beside ``export.make`` that every export asks.
    page : str
        Address of the page that offers it.
    formats : tuple of str
        Keys of `FORMATS`.
    make : callable
        Answers what is asked; asks ``file_format`` where a part costs time that the format does not use.
    """

    code: str
    action: str
    page: str
    formats: tuple[str, ...]
    make: Callable[[Asked], Content]

    @property
    def name_key(self) -> str:
        """Word key of what it is called."""
        return f"catalogue.export_{self.code}"


class MadeFile(NamedTuple):
    """A written file, its name for the visitor, its media type, its rows and the build that it shows."""

    path: Path
    name: str
    mimetype: str
    row_count: int
    build_id: str


def exports() -> dict[str, Export]:
    """Return every export by its code."""
    return cast("dict[str, Export]", members("reports.catalogue", "EXPORT"))


def make_file(code: str, asked: Asked, folder: Path) -> MadeFile:
    """Write the file of an export.

    Parameters
    ----------
    code : str
        Which export.
    asked : Asked
        By whom, in which format and language, with which parameters.
    folder : Path
        Takes the file.

    Raises
    ------
    WordedError
        When there is no such export, or not in this format.
    AccessDenied
        By the queries, when the scope does not reach.
    """
    export = exports().get(code)
    if export is None or asked.file_format not in export.formats:
        known = ", ".join(f"{name}.{'|'.join(found.formats)}" for name, found in exports().items())
        raise WordedError("export.no_such", name=f"{code}.{asked.file_format}"[:60], known=known)
    content = export.make(asked)
    kind = FORMATS[asked.file_format]
    path = folder / f"export.{asked.file_format}"
    kind.write(content, path)
    build_id = content.provenance.build.build_id
    name = file_name("_".join(part for part in (content.title, content.provenance.mark, build_id) if part))
    return MadeFile(path, f"{name}.{asked.file_format}", kind.mimetype, content.row_count, build_id)


def file_name(text: str) -> str:
    """Return a text as a file name that every system takes."""
    return _NOT_IN_FILE_NAMES.sub("_", clean_text(text)).strip("._")[:_LONGEST_NAME] or "export"
