from __future__ import annotations

import polars as pl
import pytest

from kernel.errors import UsageError
from tests.architecture.source import ROOT
from warehouse.contract import ContractError, contract, contracts, parse_contract
from warehouse.marts._quality_checks import checks_of

GOOD = """
name_zh = "体育场地"
name_en = "Venue"
theme = "public_sport"
grain = "one venue"
key = ["venue_id"]
publisher = "体育局"
licence = "internal use"
cadence = "yearly"
sensitivity = "open"
owner = "群众体育处"
sharing = "unconditional"
opening = "open"
level = "general_1"
unit_column = "venue_id"
feeds = ["J083"]
crs = "CGCS2000"
geometry = "point"

[[column]]
name = "venue_id"
type = "text"
required = true
zh = "编号"
en = "Venue"

[[column]]
name = "lon"
type = "longitude"
required = true
zh = "经度"
en = "Longitude"

[[column]]
name = "lat"
type = "latitude"
required = true
zh = "纬度"
en = "Latitude"

[[column]]
name = "area_m2"
type = "number"
min = 0
max = 10
unit = "m2"
aliases = ["面积"]
level = "general_2"
zh = "面积"
en = "Area"

[[rule]]
name = "small_and_north"
dimension = "accuracy"
expr = "area_m2 < 5 or lat < 32"
zh = "北方场地过大"
en = "Too large for the north."
fix_zh = "核对面积。"
fix_en = "Check the area."
"""


def test_every_contract_of_the_project_is_valid_and_named_like_its_folder() -> None:
    assert {"region", "population", "population_cell", "street", "venue", "code_list", "holiday"} <= set(contracts())
    for name, terms in contracts().items():
        assert terms.dataset == name
        assert set(terms.key) <= set(terms.column_names)
        text = (ROOT / "warehouse" / "datasets" / name / "contract.toml").read_text("utf-8")
        assert parse_contract(name, text, tries=True) == terms


def test_a_contract_gives_the_columns_and_types_of_a_curated_file() -> None:
    terms = parse_contract("venue", GOOD)
    assert terms.column("area_m2").aliases == ("面积",)
    assert list(terms.schema.items()) == [
        ("venue_id", pl.String()),
        ("lon", pl.Float64()),
        ("lat", pl.Float64()),
        ("area_m2", pl.Float64()),
        ("row_number", pl.Int64()),
    ]
    assert contract("street").schema["geometry"] == pl.Binary()
    assert (terms.level_of("area_m2"), terms.level_of("lon")) == ("general_2", "general_1")
    assert [(rule.name, rule.refuses) for rule in terms.rules] == [("small_and_north", True)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('theme = "public_sport"\n', "", "missing theme"),
        ('theme = "public_sport"', 'theme = "x"\ncolour = "red"', "unknown key colour"),
        ('theme = "public_sport"', "theme = 3", "theme must be a text"),
        ('key = ["venue_id"]', 'key = ["area_m2"]', "key column area_m2 is not a required column"),
        ('key = ["venue_id"]', "key = []", "key must be a list"),
        ('geometry = "point"', 'geometry = "dot"', "geometry must be one of"),
        ('sensitivity = "open"', 'sensitivity = "secret"', "sensitivity must be one of"),
        ('crs = "CGCS2000"\n', "", "must declare its crs"),
        ('crs = "CGCS2000"', 'crs = "Mars-2000"', "Mars-2000"),
        ('type = "longitude"', 'type = "number"', "exactly one longitude and one latitude"),
        ('type = "number"', 'type = "float"', "type must be one of"),
        ("min = 0", "min = 11", "min is above max"),
        ("min = 0", 'min = "0"', "min has the wrong type"),
        ("min = 0", "mim = 0", "unknown key mim"),
        ('unit = "m2"', 'unit = "m2"\npattern = "["', "pattern are for texts"),
        ('zh = "编号"', 'zh = "编号"\npattern = "["', "pattern:"),
        ('type = "number"\nmin = 0\nmax = 10', 'type = "code"', "a code needs either codes or code_list"),
        ('aliases = ["面积"]', 'aliases = ["LON"]', "means lon and area_m2"),
        ('aliases = ["面积"]', 'aliases = "面积"', "aliases has the wrong type"),
        ('name = "area_m2"', 'name = "Area"', "bad column name"),
        ('name = "area_m2"', 'name = "lat"', "given twice"),
        ('name_zh = "体育场地"', "name_zh = ", "not TOML"),
        ('cadence = "yearly"', 'cadence = "now and then"', "cadence must be one of"),
        ('sharing = "unconditional"', 'sharing = "maybe"', "sharing must be one of"),
        ('owner = "群众体育处"\n', "", "missing owner"),
        ('unit_column = "venue_id"', 'unit_column = "city"', "unit_column city is not a column"),
        ('feeds = ["J083"]', 'feeds = "J083"', "feeds must be a list"),
        ('feeds = ["J083"]', 'minors = "yes"', "minors must be true or false"),
        ('level = "general_2"', 'level = "secret"', "level must be one of"),
        ('level = "general_2"', 'references = "region"', "references must be dataset.column"),
        ('level = "general_2"', 'filled_when = "area > 3"', "filled_when:"),
        ('level = "general_2"', 'filled_when = "lat + 1"', "filled_when must be true or false"),
        ('zh = "编号"', 'zh = "编号"\nfilled_when = "lat > 1"', "filled_when is for columns that are not required"),
        ("area_m2 < 5 or lat < 32", "area < 5", "rule small_and_north"),
        ("area_m2 < 5 or lat < 32", "area_m2 + 1", "expr must be true or false"),
        ('dimension = "accuracy"', 'dimension = "beauty"', "dimension must be one of"),
        ('fix_en = "Check the area."', "", "rule small_and_north: missing fix_en"),
    ],
)
def test_a_broken_contract_is_refused_with_the_fault_named(old: str, new: str, told: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(ContractError, match="contract of venue") as caught:
        parse_contract("venue", text)
    assert told in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace('theme = "public_sport"\n', "").replace('type = "number"', 'type = "float"')
    with pytest.raises(ContractError, match=r"missing theme.*type must be one of"):
        parse_contract("venue", text)


def test_an_unknown_dataset_or_column_is_named() -> None:
    with pytest.raises(UsageError, match="no dataset 'venues'"):
        contract("venues")
    with pytest.raises(UsageError, match="no column 'price'"):
        contract("venue").column("price")


def test_an_empty_cell_is_a_gap_only_where_the_contract_says_that_the_column_is_filled() -> None:
    gap = {check.code: check.sql for check in checks_of("enterprise") if check.kind == "empty"}
    rows = pl.DataFrame(
        {
            "report_year": [2025, 2025, None],
            "revenue_cny": [1.0, None, None],
            "closed_on": pl.Series([None, None, None], dtype=pl.Date),
        }
    )
    assert rows.select(pl.sql_expr(gap["empty:revenue_cny"]).alias("gap"))["gap"].to_list() == [False, True, False]
    assert not rows.select(pl.sql_expr(gap["empty:closed_on"]).alias("gap"))["gap"].any()
