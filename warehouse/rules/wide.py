"""Rows out of columns: tables that spread one measure over many columns, by named recipes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import polars as pl

from warehouse.delivery import ROW_NUMBER, Delivered, DeliveryOptions, rejection
from warehouse.rules.headers import normal


@dataclass(frozen=True, slots=True)
class Recipe:
    """How columns become rows.

    Attributes
    ----------
    zh, en : str
        What it is for.
    columns : mapping
        Delivered column (compared without case and full-width forms) -> cells of the new row.
    value : str
        Contract column that takes the cell itself.
    sums_end : str
        A region code that ends so is the sum of others; its rows are left out. Empty: none.
    """

    zh: str
    en: str
    columns: Mapping[str, Mapping[str, str]] = field(repr=False)
    value: str = "value"
    sums_end: str = ""


def _ages() -> dict[str, str]:
    """Return ``{words of the census: code of the age band}``."""
    bands = {"0岁": "0_0", "1到4岁": "1_4"}
    for low, above in pairwise(range(5, 90, 5)):
        bands[f"{low}到{above - 1}岁"] = f"{low}_{above - 1}"
    return bands | dict.fromkeys(("85岁及以上", "85岁以上", "85+岁"), "85_plus")


def _yearbook() -> dict[str, dict[str, str]]:
    """Return the columns of yearbook tables; a table of one year leaves the year to ``fill``."""
    kinds = {
        "gdp{}_100m_yuan": {"measure_code": "gdp", "unit": "100m_cny"},
        "gdp_per_capita{}_yuan": {"measure_code": "gdp_per_capita", "unit": "cny"},
        "地区生产总值{}(亿元)": {"measure_code": "gdp", "unit": "100m_cny"},
        "人均地区生产总值{}(元)": {"measure_code": "gdp_per_capita", "unit": "cny"},
        "常住人口{}(万人)": {"measure_code": "resident", "unit": "10k_persons"},
    }
    columns = {name.format(""): cells for name, cells in kinds.items()}
    columns |= {
        "gdp_per_capita_resident_yuan": kinds["gdp_per_capita{}_yuan"],
        "resident_pop_10k": kinds["常住人口{}(万人)"],
    }
    for year in range(1949, 2101):
        columns |= {name.format(f"_{year}"): cells | {"year": str(year)} for name, cells in kinds.items()}
    return columns


RECIPES: dict[str, Recipe] = {
    "sex_by_age": Recipe(
        "普查分县表：男_0岁、女_0岁……各列转为逐行的性别、年龄组、人数",
        "Census by county: columns 男_0岁, 女_0岁, ... become rows of sex, age band and count",
        {
            f"{sex}_{words}": {"sex_code": code, "age_band_code": band}
            for sex, code in (("男", "male"), ("女", "female"))
            for words, band in _ages().items()
        },
        value="resident_count",
        sums_end="00",
    ),
    "yearbook_gdp": Recipe(
        "年鉴表：各年地区生产总值、人均地区生产总值、常住人口各列转为逐行的年份、指标、单位、数值",
        "Yearbook: columns of GDP, GDP per capita and residents, of one year or several, become rows",
        _yearbook(),
    ),
}


def to_rows(delivered: Delivered, options: DeliveryOptions) -> Delivered:
    """Return a delivery with one row for every column that its recipe names.

    The other columns are repeated; row numbers are those of the file, so several rows share one.

    Raises
    ------
    DataRejected
        ``WIDE_COLUMNS`` when the recipe does not exist or the file has none of its columns.
    """
    recipe = RECIPES.get(options.wide or "")
    frame = delivered.frame
    found = [] if recipe is None else [name for name in frame.columns if normal(name) in recipe.columns]
    if recipe is None or not found:
        message = f"The file has no column that the form {options.wide!r} of wide tables names."
        fix = "Choose the form that fits the table, or send it with one row per value."
        raise rejection("WIDE_COLUMNS", message, fix, file=options.file_name, row=1)
    left_out = dict(delivered.left_out)
    if recipe.sums_end:
        code = next((name for name in frame.columns if normal(name) in ("region_code", "区划代码", "adcode")), None)
        if code is not None:
            is_sum = frame[code].str.strip_suffix(".0").str.ends_with(recipe.sums_end).fill_null(value=False)
            left_out["sum of other rows"] = int(is_sum.sum()) * len(found)
            frame = frame.filter(~is_sum)
    kept = frame.drop(found)
    parts = [
        kept.with_columns(
            *(pl.lit(cell).alias(name) for name, cell in recipe.columns[normal(column)].items()),
            frame[column].str.strip_suffix(".0").alias(recipe.value),
        )
        for column in found
    ]
    rows = pl.concat(parts).sort(ROW_NUMBER, maintain_order=True)
    return Delivered(rows, delivered.crs, delivered.faults, list(delivered.notes), left_out)
