"""Schools of the demo and the young people who enter leagues and train beside school."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

# A chain is a primary, a junior and a senior school that pupils pass through one after the other; one for so many
# young people gives about 4,900 schools in the province (assumption).
_YOUTH_A_CHAIN = 7_000
STAGES = ("P", "J", "S")
# Young people who ever enter a league or train, in the province (assumption).
_SPORTY = 96_000
_FIRST_YEAR, _LAST_YEAR = 2003, 2019
_DISCIPLINES = {
    "football": 20,
    "basketball": 17,
    "athletics": 14,
    "swimming": 9,
    "badminton": 8,
    "table_tennis": 8,
    "volleyball": 5,
    "rope_skipping": 5,
    "taekwondo": 4,
    "tennis": 3,
    "gymnastics": 2,
    "wushu": 3,
    "chess": 2,
}


def chains(world: World) -> pl.DataFrame:
    """Return the chains of schools: ``region_code, county_index, chain`` (1, 2, ... in the county), ``level``.

    ``level`` is how sporty the chain's schools are, about normal with mean 0 and standard deviation 1.
    """
    random = world.random("chains")
    youth = world.counties["youth_count"].to_numpy()
    count = np.maximum(1, np.round(youth / _YOUTH_A_CHAIN)).astype(np.int64)
    county = np.repeat(np.arange(len(count)), count)
    return pl.DataFrame(
        {
            "region_code": world.counties["region_code"].gather(county),
            "county_index": county,
            "chain": np.arange(len(county)) - np.repeat(np.cumsum(count) - count, count) + 1,
            "level": random.normal(0, 1, len(county)),
        }
    )


def school_codes(region_code: pl.Series, stage: pl.Series, chain: pl.Series) -> pl.Series:
    """Return school codes such as ``320102P03``: county, stage of :data:`STAGES`, number."""
    parts = pl.DataFrame({"region": region_code, "stage": stage, "chain": chain})
    return parts.select(
        code=pl.concat_str("region", "stage", pl.col("chain").cast(pl.String).str.zfill(2)),
    )["code"]


def stage_of_age(age: Ints) -> pl.Series:
    """Return the stage of :data:`STAGES` that pupils of an age go to."""
    return pl.Series(STAGES).gather(np.where(age <= 12, 0, np.where(age <= 15, 1, 2)))


def sporty_youths(world: World) -> pl.DataFrame:
    """Return the young people who enter leagues or train, by county and year of birth.

    Returns
    -------
    polars.DataFrame
        ``number, county_index, region_code, birth_year, sex_code, discipline_code, chain, talent`` (about standard
        normal), ``trains`` (whether they ever train beside school).
    """
    random = world.random("sporty_youths")
    counties = world.counties
    years = np.arange(_FIRST_YEAR, _LAST_YEAR + 1)
    weight = counties["youth_count"].to_numpy() * counties["vigour"].to_numpy()
    # Those who are of school age in all five years count most; the very old and the very young only now and then.
    in_age = np.clip(9.5 - np.abs(years - 2013), 2.0, 7)
    cells = world.spread(world.scaled(_SPORTY), np.outer(weight, in_age).ravel())
    cell = np.repeat(np.arange(len(cells)), np.maximum(cells, 2))
    county, count = cell // len(years), len(cell)
    is_boy = random.random(count) < 0.58
    discipline = random.choice(len(_DISCIPLINES), count, p=np.array(list(_DISCIPLINES.values())) / 100)
    schools = chains(world).group_by("county_index").agg(pl.len()).sort("county_index")["len"].to_numpy()
    talent = random.normal(0, 1, count)
    return pl.DataFrame(
        {
            "number": np.arange(1, count + 1),
            "county_index": county,
            "region_code": counties["region_code"].gather(county),
            "birth_year": years[cell % len(years)],
            "sex_code": pl.Series(["female", "male"]).gather(is_boy.astype(np.int64)),
            "discipline_code": pl.Series(list(_DISCIPLINES)).gather(discipline),
            "chain": 1 + (random.random(count) * schools[county]).astype(np.int64),
            "talent": talent,
            "trains": random.random(count) < 0.34 + 0.16 * (talent > 0.8),
        }
    )


def draw_youths(world: World, youths: pl.DataFrame, name: str, county: Ints, birth_year: Ints) -> Ints:
    """Return a row of ``youths`` for each county and year of birth; who trains and who is good enters more often.

    Parameters
    ----------
    youths : polars.DataFrame
        From `sporty_youths`.
    name : str
        Names the chance.
    county, birth_year : int64, shape (n,)
        Years outside those of ``youths`` are taken as the nearest.
    """
    years = _LAST_YEAR - _FIRST_YEAR + 1
    cell = youths["county_index"].to_numpy() * years + youths["birth_year"].to_numpy() - _FIRST_YEAR
    keen: Floats = np.where(youths["trains"].to_numpy(), 3.0, 1.0) * np.exp(0.3 * youths["talent"].to_numpy())
    total = np.concatenate(([0.0], np.cumsum(keen)))
    wanted = county * years + np.clip(birth_year, _FIRST_YEAR, _LAST_YEAR) - _FIRST_YEAR
    low, high = total[np.searchsorted(cell, wanted)], total[np.searchsorted(cell, wanted, side="right")]
    drawn = low + world.random("draw_youths", name).random(len(county)) * (high - low)
    return np.clip(np.searchsorted(total, drawn, side="right") - 1, 0, youths.height - 1)
