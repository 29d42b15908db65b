"""Two publishers of the same club: what they contradict each other in, and by which rule one of them counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.publish import publish
from warehouse.queries import _run, conflicts
from warehouse.receive import Sender, receive
from warehouse.snapshot import open_store

ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"data.view"}))
HEAD = "club_id,club_name,kind_code,region_code,member_count,lon,lat\n"
FILES = {
    "体育局": HEAD + "c1,甲,club,320102,50,118.79,32.06\nc2,乙,club,320102,70,118.79,32.06\n",
    "民政部门": HEAD + "c1,甲,club,320102,80,118.79,32.06\nc2,乙,club,320102,70,118.79,32.06\n",
}


@pytest.fixture(scope="module")
def told_twice(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("conflicts")
    settings = replace(load_settings({}), data_dir=folder / "var")
    for number, (publisher, text) in enumerate(FILES.items()):
        path = folder / f"{number}.csv"
        path.write_text(text, "utf-8")
        options = DeliveryOptions(file_name=path.name)
        (receipt,) = receive(path, ["club"], options, settings, sender=Sender(publisher=publisher))
        assert receipt.state == "accepted"
    publish(settings, build(settings).build_id)
    return settings


def test_a_contradiction_names_key_attribute_both_values_and_both_sources(told_twice: Settings) -> None:
    with _run.reading_from(open_store(told_twice)):
        found = conflicts.conflicts(ANALYST)
        names = conflicts.code_names(ANALYST, "zh")
        printed = conflicts.sums(ANALYST)
    assert found.height == 1
    (row,) = found.iter_rows(named=True)
    told = " ".join(str(value) for value in row.values())
    assert all(part in told for part in ("club", "c1", "member_count", "50", "80", "体育局", "民政部门"))
    assert names[("club_kind", "club")] == "体育俱乐部"
    assert printed.is_empty()
    assert conflicts.value_words("club", "kind_code", "club", names) == "体育俱乐部"
    assert conflicts.attribute_name("club", "member_count", "zh") == "会员人数"
    assert conflicts.rule_words("club", row["rule_code"], "zh")
