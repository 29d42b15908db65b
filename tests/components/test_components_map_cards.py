"""Cards of areas and venues, the panel, the stage and the driver's configuration, from plain values."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from access.roles import READING
from components.map import map_stage
from components.map_cards import AreaView, area_card
from components.map_config import map_config, region_name, scope_key
from components.map_layer import LegendItem, MapLayer
from components.map_layers import map_layers
from components.map_links import region_button
from components.map_panel import legend, map_panel
from components.map_state import read_state
from components.map_venue_card import missing_venue_card, venue_card
from components.request import RequestContext, Visitor
from kernel.clock import now
from kernel.scope import GrantedScope
from kernel.words import t
from warehouse.queries.area import AreaProfile, BandCoverage, RegionName
from warehouse.queries.map import DatasetStanding

SCOPE = GrantedScope("t", "planner", frozenset(), "internal", READING)
DEFAULTS = {code: layer.is_on for code, layer in map_layers().items()}


def words_of(component) -> str:
    """All text of a component, in order."""
    if component is None or isinstance(component, bool):
        return ""
    if isinstance(component, (str, int, float)):
        return f" {component}"
    if isinstance(component, (list, tuple)):
        return "".join(map(words_of, component))
    return words_of(getattr(component, "children", None))


def band(code: str, residents: float, *covered: float) -> BandCoverage:
    return BandCoverage(code, residents, dict(zip((5, 10, 15), covered, strict=True)))


def profile(**changes) -> AreaProfile:
    facts = {
        "region": RegionName("320500", "苏州市"),
        "level": "city",
        "above": (RegionName("320000", "江苏省"),),
        "bands": (band("all", 1000, 400, 800, 900), band("age_0_4", 100, 50, 60, 70)),
        "venue_count": 12,
        "area_m2": 2500.0,
        "below": (
            (RegionName("320505", "虎丘区"), band("all", 400, 100, 390, 400)),
            (RegionName("320506", "吴中区"), band("all", 600, 100, 300, 500)),
            (RegionName("320507", "相城区"), None),
        ),
        "is_visible": True,
    }
    return AreaProfile(**{**facts, **changes})


def test_the_card_shows_share_residents_outside_and_area_per_resident():
    text = words_of(area_card(AreaView(profile(), 10, "全部类别", is_demo=True), "zh"))
    for expected in ("江苏省", "苏州市", "80.0%", "1,000", "200", "2.50", "演示数据", "0–4 岁", "60.0%"):
        assert expected in text
    assert text.index("吴中区") < text.index("虎丘区") < text.index("相城区"), "the lowest share first, unknown last"


def test_missing_data_are_said_and_never_zero():
    no_ages = words_of(area_card(AreaView(profile(bands=(band("all", 10, 1, 2, 3),)), 10, "", is_demo=False), "zh"))
    assert t("map.no_ages", "zh") in no_ages
    assert "演示数据" not in no_ages
    empty = profile(bands=(), area_m2=None, below=())
    nobody = words_of(area_card(AreaView(empty, 10, "", is_demo=False), "en"))
    assert t("map.no_population", "en") in nobody
    assert "—" in nobody
    assert "%" not in nobody


def test_an_area_outside_the_scope_has_no_figure():
    text = words_of(area_card(AreaView(profile(is_visible=False), 10, "", is_demo=False), "zh"))
    assert t("map.outside_scope", "zh") in text
    assert "80.0%" not in text
    assert "1,000" not in text


VENUE = {
    "venue_index": 3,
    "venue_id": "V3",
    "venue_name": "东门篮球场",
    "venue_type_code": "C21",
    "venue_type_name": "室外篮球场",
    "venue_type_name_en": "Outdoor basketball court",
    "category_code": "basketball",
    "region_code": "320505",
    "region_name": "虎丘区",
    "region_name_en": "Huqiu",
    "lon": 120.5,
    "lat": 31.3,
    "entrances": "120.5 31.3; 120.6 31.3",
    "area_m2": 608.0,
    "capacity_count": None,
    "opened_year": 2019,
    "owner_kind": "village",
    "is_indoor": False,
    "is_lit": True,
    "fee_policy": "free",
    "opening_hours": "Mo-Su 06:00-21:00",
    "status": None,
}


@pytest.mark.parametrize(
    ("lang", "kind", "place"), [("zh", "室外篮球场", "虎丘区"), ("en", "Outdoor basketball court", "Huqiu")]
)
def test_the_card_of_a_venue_says_what_was_delivered(lang, kind, place):
    text = words_of(venue_card(VENUE, {5: 100, 10: 506, 15: 900}, 10, lang, is_demo=False))
    for expected in (
        "东门篮球场",
        kind,
        place,
        "506",
        "608",
        "2019",
        "V3",
        t("map.not_stated", lang),
        t("map.fee_free", lang),
    ):
        assert expected in text
    assert t("map.no_population", lang) in words_of(venue_card(VENUE, None, 10, lang, is_demo=False))
    assert words_of(missing_venue_card(lang)).strip() == t("map.no_venue", lang)


def test_buttons_name_their_region():
    assert region_button("320500", "苏州市", "crumb").to_plotly_json()["props"]["data-map-region"] == "320500"


def test_the_panel_says_where_each_layer_comes_from():
    state = read_state({}, DEFAULTS, root="320000", region_codes=["320000"])
    standing = DatasetStanding("体育局", "2024", now() - timedelta(days=3), is_demo=True, row_count=12_345)
    text = words_of(map_panel(map_layers(), {"venue": standing}, state, legend((), "zh"), "zh"))
    assert "体育局" in text
    assert "1.23万" in text
    assert t("map.not_delivered", "zh") in text
    order = [t(f"map.theme_{theme}", "zh") for theme in ("public", "facility", "government")]
    assert sorted(order, key=text.index) == order


def test_a_legend_has_a_mark_and_a_meaning_a_line():
    layer = MapLayer("public", 1, "venue", (), legend=(LegendItem("circle", "var(--ink)", "map.disc"),))
    (line,) = legend(layer.legend, "en").children
    assert line.children[0].style == {"--mark": "var(--ink)"}
    assert words_of(line).strip() == t("map.disc", "en")


REGION = {
    "region_code": "320000",
    "region_name": "江苏省",
    "region_name_en": None,
    "parent_code": None,
    "level": "province",
    "center_lon": 119.0,
    "center_lat": 33.0,
    "min_lon": 116.0,
    "min_lat": 30.0,
    "max_lon": 122.0,
    "max_lat": 35.0,
}


def test_the_configuration_holds_all_that_the_driver_needs(monkeypatch):
    monkeypatch.setattr("components.map_config.build_id", lambda: "000001-abc")
    monkeypatch.setattr("components.map_config.settled_box", lambda: (118.0, 31.0, 119.0, 32.0))
    context = RequestContext(
        SCOPE, "en", "light", Visitor("t", "t", "planner", is_demo=True, must_change_password=False)
    )
    state = read_state({}, DEFAULTS, root="320000", region_codes=["320000"])
    config = map_config(context, pl.DataFrame([REGION]), "320000", state)
    assert config["build"] == "000001-abc"
    assert [layer["code"] for layer in config["layers"]] == list(map_layers())
    assert config["regions"][0]["name"] == "江苏省", "the Chinese name where there is no English one"
    assert config["regions"][0]["box"] == [118.0, 31.0, 119.0, 32.0], "a lone study area opens on its settled part"
    assert all(address.startswith("/assets/") for address in config["modules"].values())
    stage = map_stage(region_button("a", "b", "c"), region_button("a", "b", "c"), config, "en")
    assert "map-canvas" in str(stage)


def test_names_and_keys():
    assert region_name({"region_name": "苏州市", "region_name_en": "Suzhou"}, "en") == "Suzhou"
    confined = GrantedScope("t", "planner", frozenset({"320500"}), "internal", READING)
    assert (
        scope_key(confined)
        != scope_key(SCOPE)
        == scope_key(GrantedScope("u", "leader", frozenset(), "internal", READING))
    )
