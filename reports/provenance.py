"""Where the figures of a file come from: build, hash, address, time and every dataset with publisher and licence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kernel.clock import as_shown, as_stored, from_stored, now
from kernel.publishers import publisher_words
from kernel.words import t
from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries.provenance import BuildRecord, DatasetRecord, build_record


@dataclass(frozen=True, slots=True)
class Provenance:
    """What every file carries about itself.

    Attributes
    ----------
    product : str
        Name of the product in the reader's language.
    build : BuildRecord
        The snapshot; ``datasets`` are those that the figures use.
    address : str
        Path and query that make the file again.
    created_at : str
        When the file was made, ISO 8601, UTC.
    lang : str
        Language of the words.
    """

    product: str
    build: BuildRecord
    address: str
    created_at: str
    lang: str

    @property
    def is_demo(self) -> bool:
        """Whether any dataset behind the figures is generated."""
        return any(dataset.origin == DEMO_ORIGIN for dataset in self.build.datasets)

    @property
    def mark(self) -> str:
        """The demo mark where it is due, else an empty text."""
        return t("shell.demo_mark", self.lang) if self.is_demo else ""

    @property
    def mark_meaning(self) -> str:
        """What the mark means, empty without one."""
        return f"{self.mark}{t('export.mark_join', self.lang)}{t('shell.demo_meaning', self.lang)}" if self.mark else ""

    def lines(self) -> list[tuple[str, str]]:
        """Return (label, text) of everything but the datasets."""
        lang = self.lang
        found = [
            (t("export.data_origin", lang), t(f"export.origin_{'demo' if self.is_demo else 'delivered'}", lang)),
            (t("export.covers", lang), self.build.title_zh if lang == "zh" else self.build.title_en),
            (t("export.build", lang), self.build.build_id),
            (t("export.content_hash", lang), self.build.content_hash),
            (t("export.built_at", lang), as_shown(from_stored(self.build.created_at))),
            (t("export.address", lang), self.address),
            (t("export.product", lang), self.product),
            (t("export.created_at", lang), as_shown(from_stored(self.created_at))),
        ]
        return [(t("export.mark", lang), self.mark_meaning), *found] if self.mark else found

    def dataset_rows(self) -> list[tuple[str, str, str, str, str, int]]:
        """Return name, origin, publisher, licence, day of delivery and rows of each dataset."""
        return [
            (
                self.dataset_name(dataset),
                t(f"export.origin_{dataset.origin}", self.lang),
                publisher_words(dataset.publisher, self.lang),
                dataset.licence,
                as_shown(from_stored(dataset.delivered_at)),
                dataset.row_count,
            )
            for dataset in self.build.datasets
        ]

    def source_line(self, most: int | None = None) -> str:
        """Return one line for the foot of a table or picture; more than ``most`` datasets are counted, not named."""
        names = [self.dataset_name(dataset) for dataset in self.build.datasets]
        listed = t("export.list_join", self.lang).join(names)
        if most is not None and len(names) > most:
            listed = t("export.sources_at_end", self.lang, count=len(names))
        line = t("export.source_line", self.lang, datasets=listed, build=self.build.build_id, product=self.product)
        return f"{self.mark} · {line}" if self.mark else line

    def dataset_name(self, dataset: DatasetRecord) -> str:
        """Return a dataset's name with its period."""
        name = dataset.name_zh if self.lang == "zh" else dataset.name_en
        return f"{name} {dataset.period}" if dataset.period else name

    def as_dict(self) -> dict[str, object]:
        """Return the provenance for programs: keys are English whatever the language."""
        return {
            "product": self.product,
            "build_id": self.build.build_id,
            "content_hash": self.build.content_hash,
            "built_at": self.build.created_at,
            "address": self.address,
            "created_at": self.created_at,
            "is_demo": self.is_demo,
            "mark": self.mark,
            "datasets": [
                {
                    "code": dataset.code,
                    "name": self.dataset_name(dataset),
                    "origin": dataset.origin,
                    "publisher": dataset.publisher,
                    "licence": dataset.licence,
                    "delivered_at": dataset.delivered_at,
                    "row_count": dataset.row_count,
                }
                for dataset in self.build.datasets
            ],
        }


def provenance(lang: str, address: str, uses: Collection[str]) -> Provenance:
    """Return the provenance of a file that is made now.

    Parameters
    ----------
    lang : str
        Language of the words.
    address : str
        Path and query that make the file again.
    uses : collection of str
        Codes of the datasets behind the figures; those that were not delivered are left out.
    """
    record = build_record()
    used = tuple(dataset for dataset in record.datasets if dataset.code in uses)
    build = BuildRecord(
        build_id=record.build_id,
        content_hash=record.content_hash,
        created_at=record.created_at,
        title_zh=record.title_zh,
        title_en=record.title_en,
        is_demo=record.is_demo,
        datasets=used,
    )
    return Provenance(t("shell.product_name", lang), build, address, as_stored(now()), lang)
