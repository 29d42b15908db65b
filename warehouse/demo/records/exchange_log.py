"""The exchange log: the packages in which cities delivered their months, as the province's node wrote them down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from warehouse.contract import contract
from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.reference import PROVINCE_CODE
from warehouse.demo.world import World

NEEDS = ("population_cell",)
# Every other dataset must have been generated: this one tells how it came.
COME_LAST = True
# The log ends on the morning after the last day (08:00 in Shanghai); what was to come later is not in it.
_END = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) + timedelta(days=1)
# Share of rows that a bureau of average order gets refused (assumption); a resubmitted month had ten times as many.
_REFUSED_SHARE = 0.004
_RESUBMITTED = 10.0
# Packages whose signature did not hold, and packages refused in large part, planted in the last year.
_TAMPERED, _SPOILT = 3, 4
_SPOILT_SHARE = 0.35
_COLUMNS = (
    "package_id",
    "from_node",
    "to_node",
    "dataset",
    "period",
    "row_count",
    "accepted_count",
    "rejected_count",
    "sent_at",
    "received_at",
    "signature_ok",
)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``exchange_log``: one package per dataset, city and month delivered until the last day.

    Missing months have no package, late ones come late, and a resubmitted month has two: the first with many rows
    refused. A package with a bad signature is refused as a whole and followed by a sound one.
    """
    parts = [
        frame.filter((pl.col("state") != "missing") & (pl.col("rows") > 0)).with_columns(dataset=pl.lit(dataset))
        for dataset, frame in sorted(world.delivered.items())
    ]
    if not parts:
        return _empty()
    sent = pl.concat(parts).sort("dataset", "city_code", "month")
    firsts = _packages(world, sent)
    again = firsts.filter(pl.col("state") == "resubmitted").with_columns(
        sent_at=pl.col("sent_at") - pl.duration(days=3), share=pl.col("share") * _RESUBMITTED
    )
    packages = _with_planted(world, pl.concat([firsts, again]).sort("dataset", "city_code", "month", "sent_at"))
    counted = (
        packages.with_columns(
            pl.col("sent_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
            rejected_count=(pl.col("rows") * pl.col("share")).round().cast(pl.Int64),
        )
        .with_columns(
            received_at=pl.col("sent_at") + pl.duration(seconds=pl.col("travel_s")),
        )
        .with_columns(
            row_count=pl.col("rows") + pl.col("rejected_count"),
            accepted_count=pl.when("signature_ok").then(pl.col("rows")).otherwise(0),
        )
    )
    counted = counted.with_columns(
        rejected_count=pl.when("signature_ok").then(pl.col("rejected_count")).otherwise(pl.col("row_count"))
    )
    kept = counted.filter(pl.col("received_at") <= _END).sort("received_at", "dataset", "city_code")
    number = pl.Series(range(1, kept.height + 1), dtype=pl.UInt64)
    return kept.select(
        package_id=world.person_keys("exchange_log", number.to_numpy()),
        from_node="city_code",
        to_node=pl.lit(PROVINCE_CODE),
        dataset="dataset",
        period="month",
        row_count="row_count",
        accepted_count="accepted_count",
        rejected_count="rejected_count",
        sent_at="sent_at",
        received_at="received_at",
        signature_ok="signature_ok",
    ).select(_COLUMNS)


def _packages(world: World, sent: pl.DataFrame) -> pl.DataFrame:
    """Return when each month was sent, how long it travelled and which share of its rows is refused."""
    random = world.random("exchange_log")
    order = dict(world.counties.group_by("city_code").agg(pl.col("order").mean()).iter_rows())
    kept = np.array([order[city] for city in sent["city_code"]])
    count = sent.height
    month_end = sent["month"].str.to_date("%Y-%m").dt.month_end()
    # Offices send between 8 and 18 o'clock, which is 0 to 10 in UTC.
    second = random.integers(0, 10 * 3_600, count)
    return sent.with_columns(
        sent_at=month_end.cast(pl.Datetime("us"))
        + pl.Series(sent["delay_days"].to_numpy() * 86_400 + second).cast(pl.Int64) * pl.duration(seconds=1),
        travel_s=pl.Series(random.lognormal(4.0, 0.8, count).astype(np.int64) + 2),
        share=pl.Series(np.minimum(random.gamma(0.7, _REFUSED_SHARE / 0.7, count) / kept**2, 0.2)),
        signature_ok=pl.lit(value=True),
    )


def _with_planted(world: World, packages: pl.DataFrame) -> pl.DataFrame:
    """Return the packages with some of the last year refused in large part or doubled by one that was tampered with."""
    random = world.random("exchange_log", "planted")
    recent = np.flatnonzero(
        packages["month"].is_between(world.months[-14], world.months[-3]).to_numpy()
        & (packages["rows"] >= 20).to_numpy()
    )
    chosen = random.permutation(recent)[: _TAMPERED + _SPOILT].tolist()
    tampered, spoilt = chosen[:_TAMPERED], chosen[_TAMPERED:]
    for places, note in ((tampered, "signature does not hold"), (spoilt, "a third of the rows refused")):
        for row in packages[places].iter_rows(named=True):
            first = date(int(row["month"][:4]), int(row["month"][5:]), 1)
            last = world.days.filter(pl.col("month") == row["month"])["date"].to_list()[-1]
            world.plant(
                "exchange_log",
                "refused",
                region_code=row["city_code"],
                entity=row["dataset"],
                started_on=first,
                ended_on=last,
                note=f"package of {row['month']}: {note}",
            )
    place = pl.int_range(packages.height, eager=True)
    share = pl.when(place.is_in(spoilt)).then(pl.lit(_SPOILT_SHARE)).otherwise(pl.col("share"))
    packages = packages.with_columns(share=share)
    doubled = packages[tampered].with_columns(
        sent_at=pl.col("sent_at") - pl.duration(hours=20), signature_ok=pl.lit(value=False)
    )
    return pl.concat([packages, doubled])


def _empty() -> pl.DataFrame:
    columns = {column.name: column.dtype for column in contract("exchange_log").columns}
    return pl.DataFrame(schema={name: columns[name] for name in _COLUMNS})
