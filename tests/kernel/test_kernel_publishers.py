"""Names of publishers in the reader's language."""

from __future__ import annotations

import pytest

from kernel.publishers import DEMO_PUBLISHER, publisher_words
from warehouse.demo_delivery import GENERATED, SECOND


@pytest.mark.parametrize(("lang", "words"), [("zh", "演示数据生成器"), ("en", "demo generator")])
def test_the_demo_is_named_in_one_language(lang, words) -> None:
    assert publisher_words(GENERATED.publisher, lang) == words
    assert GENERATED.publisher == DEMO_PUBLISHER


def test_names_of_others_stand_as_delivered() -> None:
    others = SECOND["register_of_organisations"].publisher
    assert publisher_words(others, "en") == others
