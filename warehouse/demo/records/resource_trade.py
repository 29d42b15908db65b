"""Trade in sports resources: what was listed, and what of it was dealt at which amount."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.world import World

NEEDS = ()
# Listings a year in the whole province (assumption).
_YEARLY = 1_200
# kind: (share of listings, median asked in yuan, word of the title); assumptions.
_KINDS = {
    "event_rights": (0.20, 260_000, "赛事承办权"),
    "naming": (0.16, 380_000, "冠名权"),
    "venue_operation": (0.24, 620_000, "场馆经营权"),
    "broadcast": (0.05, 300_000, "转播权"),
    "intangible": (0.07, 150_000, "标识使用权"),
    "equipment": (0.25, 90_000, "器材设备"),
    "equity": (0.03, 4_200_000, "企业股权"),
}
_WITHDRAWN = 0.17


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``resource_trade``: a listing is dealt after some weeks, withdrawn, or still open."""
    random = world.random("resource_trade")
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["wealth"].to_numpy() ** 2
    counts = world.monthly("resource_trade", _YEARLY, weights=weights, growth=0.12, closes=0.6)
    rows = world.rows("resource_trade", counts, on_days_off=0.0).sort("date", "region_code")
    county, count = rows["county_index"].to_numpy(), rows.height
    share = np.array([item[0] for item in _KINDS.values()])
    kind = random.choice(len(_KINDS), count, p=share / share.sum())
    median = np.array([item[1] for item in _KINDS.values()])[kind]
    asked = np.round(median * random.lognormal(0, 0.9, count) * counties["wealth"].to_numpy()[county], -3) + 1_000
    day = rows["date"].to_numpy().astype("datetime64[D]")
    ready = day + np.clip(random.lognormal(3.3, 0.5, count), 5, 300).astype(np.int64)
    withdrawn = random.random(count) < _WITHDRAWN / counties["vigour"].to_numpy()[county]
    is_over = ready <= np.datetime64(LAST_DAY)
    is_dealt = is_over & ~withdrawn
    bidders = 1 + random.poisson(1.4 * counties["vigour"].to_numpy()[county])
    amount = np.round(asked * (1 + 0.06 * (bidders - 1) * random.exponential(1.0, count)), -2)
    state = np.select([is_dealt, is_over], ["dealt", "withdrawn"], "listed")
    number = pl.int_range(1, count + 1, eager=True).cast(pl.String)
    word = pl.Series([item[2] for item in _KINDS.values()]).gather(kind)
    return pl.DataFrame(
        {
            "deal_id": "RT" + number.str.zfill(6),
            "title": counties["region_name"].gather(county) + word + number + "号",
            "kind_code": pl.Series(list(_KINDS)).gather(kind),
            "region_code": rows["region_code"],
            "state": state.tolist(),
            "listed_on": rows["date"],
            "dealt_on": np.where(is_dealt, ready, np.datetime64("NaT")),
            "asked_cny": asked,
            "amount_cny": np.where(is_dealt, amount, np.nan),
            "bidder_count": np.where(is_dealt, bidders, 0),
        },
        nan_to_null=True,
    )
