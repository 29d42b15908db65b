from __future__ import annotations

import pytest

from analytics.masking import mask_kind, masked


@pytest.mark.parametrize(
    ("column", "kind", "value", "shown"),
    [
        ("athlete_name", "text", "张三丰", "张**"),
        ("athlete_id", "text", "ATH000123", "AT***"),
        ("athlete_key", "text", "a1b2", "***"),
        ("birth_on", "date", "2001-02-03", "***"),
        ("age_year", "integer", 17, "***"),
        ("note", "text", "knee", "***"),
        ("athlete_name", "text", None, None),
    ],
)
def test_persons_are_hidden_and_nothing_stays_nothing(column, kind, value, shown) -> None:
    assert masked(value, mask_kind(column, kind)) == shown


def test_two_persons_with_the_same_beginning_look_alike() -> None:
    assert masked("张三", "name") == masked("张三丰", "name")
    assert masked("ATH000123", "key") == masked("AT777", "key") != masked("ATH", "key")
