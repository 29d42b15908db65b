"""State of the map in its address, layers, legends, the still picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.roles import READING
from components.map_layers import granted_layers, map_layers
from components.map_panel import THEMES, choice_in_words, step_legend
from components.map_picture import map_picture
from components.map_state import HIGHEST_ZOOM, LOWEST_ZOOM, read_state
from components.theme import COVERAGE, colour
from kernel.categories import CATEGORIES
from kernel.scope import GrantedScope
from kernel.words import t

DEFAULTS = {code: layer.is_on for code, layer in map_layers().items()}


def state_of(**query):
    return read_state(query, DEFAULTS, root="320000", region_codes=["320000", "320500"])


def test_an_empty_address_is_the_default():
    state = state_of()
    assert state.selected == {"kind": "region", "id": "320000"}
    assert (state.minutes, state.distance, state.fee, state.categories, state.at) == (10, "network", "all", (), None)
    assert {code: layer.on for code, layer in state.layers.items()} == DEFAULTS


def test_an_address_restores_the_view():
    state = state_of(
        at="118.8,32.05,12.5",
        region="320500",
        minutes="15",
        distance="straight",
        categories="gym,football",
        fee="free",
        layers="venues,walking_time:40",
    )
    assert state.at == (118.8, 32.05, 12.5)
    assert state.selected == {"kind": "region", "id": "320500"}
    assert (state.minutes, state.distance, state.fee) == (15, "straight", "free")
    assert state.venue_filter.categories == frozenset({"gym", "football"})
    assert [code for code, layer in state.layers.items() if layer.on] == ["walking_time", "venues"]
    assert state.layers["walking_time"].opacity == 40


@given(
    st.dictionaries(
        st.sampled_from(["at", "region", "venue", "minutes", "distance", "categories", "fee", "layers"]), st.text()
    )
)
def test_no_address_breaks_the_page(query):
    state = state_of(**query)
    assert state.minutes in {5, 10, 15}
    assert state.at is None or LOWEST_ZOOM <= state.at[2] <= HIGHEST_ZOOM
    assert set(state.categories) <= set(CATEGORIES)
    assert all(0 <= layer.opacity <= 100 for layer in state.layers.values())
    assert orjson.dumps(state.as_dict())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(map_layers()))
def test_every_layer_has_its_words(code, lang):
    layer = map_layers()[code]
    assert layer.theme in THEMES
    assert t(f"map.layer_{code}", lang)
    assert t(f"map.about_{code}", lang)
    assert all(t(item.word_key, lang) for item in layer.legend)


def test_every_colour_of_the_map_is_known_in_both_schemes():
    """Colours are named in the styles and defined in the theme or in map.css."""
    from components.document import ASSETS
    from components.theme import stylesheet

    sheet = (ASSETS / "map.css").read_text("utf-8")
    for scheme in ("light", "dark"):
        own = sheet.split(f':root[data-scheme="{scheme}"] {{')[1].split("}")[0]
        themed = stylesheet().split(f":root[data-scheme={scheme}]{{")[1].split("}")[0]
        defined = set(re.findall(r"(--[\w-]+):", own)) | set(re.findall(r"(--[\w-]+):", themed))
        declared = repr([(layer.style, layer.legend) for layer in map_layers().values()])
        driver = (ASSETS / "map" / "style.mjs").read_text("utf-8")
        named = set(re.findall(r"var\((--[\w-]+)\)", declared)) | set(re.findall(r'token\("(--[\w-]+)"\)', driver))
        assert len(named) > 40
        assert named <= defined


def test_layers_that_need_more_rights_are_left_out():
    open_only = GrantedScope("t", "administrator", frozenset(), "open", READING)
    internal = GrantedScope("t", "planner", frozenset(), "internal", READING)
    assert "walking_time" not in granted_layers(open_only)
    assert set(granted_layers(internal)) == set(map_layers())
    assert granted_layers(GrantedScope("t", "x", frozenset(), "internal", frozenset())) == {}


def test_the_scale_shows_its_six_limits():
    text = str(step_legend((0.4, 0.5, 0.6, 0.7, 0.8, 0.9), "zh").to_plotly_json())
    assert all(f"'{limit}'" in text or f"={limit}" in text or str(limit) in text for limit in (40, 50, 60, 70, 80, 90))


def test_the_choice_is_said_in_words():
    assert choice_in_words(state_of(), "zh") == "全部类别 · 不限收费 · 沿路步行"
    assert choice_in_words(state_of(categories="gym", fee="free"), "en") == "Gyms · Free only · Along streets"
    assert choice_in_words(state_of(categories="gym,trail"), "zh").startswith("2 个类别")


SQUARE = [[118.0, 32.0], [119.0, 32.0], [119.0, 33.0], [118.0, 33.0], [118.0, 32.0]]


def test_the_still_picture_has_the_colours_of_the_scale():
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "parent": "", "level": "county", "leaf": True},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        }
        for code in ("a", "b")
    ]
    outlines = orjson.dumps({"type": "FeatureCollection", "features": features})
    figures = {
        "regions": {
            "a": {"residents": 100, "covered": {"10": 65}, "venues": 1},
            "b": {"residents": None, "covered": {}},
        },
        "breaks": {"10": (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)},
    }
    picture = ElementTree.fromstring(map_picture(outlines, figures, 10, "light"))
    fills = [path.get("fill") for path in picture.iter("{http://www.w3.org/2000/svg}path")]
    assert fills == [COVERAGE["light"][3], colour("no-data", "light")]
    # One degree of latitude is longer than one of longitude on this map.
    assert int(picture.get("height")) > int(picture.get("width"))
