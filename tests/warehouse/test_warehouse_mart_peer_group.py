"""Peer groups of the demo hold every area once, with residents counted again from the census."""

import polars as pl

from warehouse.marts import mart_peer_group


def _inputs() -> dict[str, pl.DataFrame]:
    codes = [
        "320000",
        "321000",
        "321100",
        *(f"3210{k:02d}" for k in range(1, 6)),
        *(f"3211{k:02d}" for k in range(1, 6)),
    ]
    parents = [None, "320000", "320000", *["321000"] * 5, *["321100"] * 5]
    levels = ["province", "city", "city", *["county"] * 10]
    region = pl.DataFrame({"region_code": codes, "parent_code": parents, "level": levels, "area_km2": [100.0] * 13})
    counties = codes[3:]
    above = [(code, code) for code in counties] + [(code, code[:4] + "00") for code in counties]
    above += [(code, "320000") for code in counties]
    population = pl.DataFrame({"region_code": counties, "resident_count": [1000 * (k + 1) ** 2 for k in range(10)]})
    printed = pl.DataFrame(
        {
            "region_code": ["321000", "321000", "321001"],
            "year": [2023, 2024, 2024],
            "measure_code": ["gdp"] * 3,
            "value": [1.0, 5.5, 2.0],
        }
    )
    return {
        "core.region": region,
        "core.region_above": pl.DataFrame(above, schema=["region_code", "above_code"], orient="row"),
        "core.population": population,
        "core.regional_statistic": printed,
    }


def test_every_area_is_in_a_group_of_its_level_with_its_own_figures():
    found = mart_peer_group.build(_inputs())
    assert found.columns == list(mart_peer_group.SCHEMA)
    assert found["region_code"].n_unique() == found.height == 13
    by_code = {row["region_code"]: row for row in found.to_dicts()}
    assert by_code["321000"]["resident_count"] == 55_000
    assert by_code["321000"]["density"] == 550
    # The newest printed product; counties without one have that of their city.
    assert by_code["321000"]["gdp_per_resident"] == 10_000
    assert by_code["321001"]["gdp_per_resident"] == 200_000
    assert by_code["321002"]["gdp_per_resident"] == 10_000
    assert by_code["321101"]["gdp_per_resident"] is None
    counties = found.filter(pl.col("level") == "county")
    assert counties["group_code"].n_unique() == 2
    assert counties["group_code"].str.starts_with("county_").all()


def test_nothing_delivered_is_no_group():
    empty = {name: frame.clear() for name, frame in _inputs().items()}
    assert mart_peer_group.build(empty).height == 0
