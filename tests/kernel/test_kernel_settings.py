"""Settings are read once, checked together and refused with every fault named."""

from pathlib import Path

import pytest

from kernel.errors import SettingError
from kernel.settings import SETTINGS, Settings, load_settings


def test_defaults_are_usable():
    settings = load_settings({})
    assert (settings.port, settings.mode, settings.language) == (8050, "demo", "zh")
    assert settings.data_dir == Path("var").resolve()


def test_every_line_of_the_table_is_a_field_and_the_other_way_round():
    assert set(SETTINGS) == set(Settings.__dataclass_fields__)


def test_given_values_win():
    settings = load_settings({"SPORTSMAP_PORT": "9000", "SPORTSMAP_MODE": "production", "SPORTSMAP_DATA": "/tmp/x"})
    assert (settings.port, settings.mode, settings.data_dir) == (9000, "production", Path("/tmp/x").resolve())


def test_all_faults_are_told_at_once():
    with pytest.raises(SettingError) as refused:
        load_settings({"SPORTSMAP_PORT": "70000", "SPORTSMAP_WORKERS": "two", "SPORTSMAP_MODE": "debug"})
    for variable in ("SPORTSMAP_PORT", "SPORTSMAP_WORKERS", "SPORTSMAP_MODE"):
        assert variable in refused.value.message


@pytest.mark.parametrize("text", ["-1", "1.5", "", "٣", "0x10"])
def test_what_is_no_plain_whole_number_is_refused(text):
    with pytest.raises(SettingError, match="SPORTSMAP_PORT"):
        load_settings({"SPORTSMAP_PORT": text})


def test_a_node_is_a_province_or_a_city():
    assert not load_settings({}).is_city_node
    assert load_settings({"SPORTSMAP_NODE": "320500"}).is_city_node
    for code in ("3205", "320505", "苏州市", ""):
        with pytest.raises(SettingError, match="SPORTSMAP_NODE"):
            load_settings({"SPORTSMAP_NODE": code})


@pytest.mark.parametrize("address", ["ftp://a", "127.0.0.1:80", "http://", "http://a/?b=c"])
def test_an_address_that_cannot_be_sent_to_is_refused(address):
    with pytest.raises(SettingError, match="SPORTSMAP_EXCHANGE_URL"):
        load_settings({"SPORTSMAP_EXCHANGE_URL": address})
