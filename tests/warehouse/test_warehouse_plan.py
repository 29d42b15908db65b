"""The plans as data: every item has its evidence line, and evidence points at what exists."""

from __future__ import annotations

import pytest

from analytics.plan import Evidence
from tests.architecture.source import ROOT
from warehouse import reference_tables
from warehouse.contract import contracts
from warehouse.plan_evidence import KINDS, plan_evidence
from warehouse.queries.plan import target_list
from warehouse.steps import discover

ITEMS = reference_tables.table("plan_items")
LEVEL = dict(ITEMS.select("item_id", "level_code").rows())
OWN = [item for item, level in LEVEL.items() if level == "C"]


@pytest.fixture(scope="module")
def existing() -> dict[str, set[str]]:
    import app
    from reports.export import exports

    return {
        "page": set(app.mounted_pages()),
        "table": set(discover()),
        "dataset": set(contracts()),
        "export": set(exports()),
        "test": {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")},
    }


def test_the_two_plans_are_complete() -> None:
    assert ITEMS.height == 266
    assert ITEMS["item_id"].n_unique() == 266
    assert (LEVEL["J087"], LEVEL["J034"], LEVEL["S001"]) == ("C", "T", "I")
    assert ITEMS["works_when_zh"].null_count() == 0
    assert set(plan_evidence()) == set(LEVEL)


def test_evidence_points_at_what_exists(existing: dict[str, set[str]]) -> None:
    gone = [
        f"{item}: {kind}:{name}"
        for item, evidence in plan_evidence().items()
        for kind, name in evidence.named
        if name not in existing[kind]
    ]
    assert gone == []


@pytest.mark.parametrize("item", OWN)
def test_what_is_called_complete_has_something_to_open_and_a_test_and_the_rest_says_what_is_missing(item: str) -> None:
    evidence = plan_evidence()[item]
    kinds = {kind for kind, _ in evidence.named}
    if evidence.is_complete:
        assert "test" in kinds
        assert kinds & {"page", "export"}
        assert evidence.lacks == ()
    else:
        assert evidence.is_complete is False
        assert evidence.lacks


def test_items_that_others_do_claim_nothing() -> None:
    assert [item for item in LEVEL if LEVEL[item] != "C" and plan_evidence()[item].is_complete is not None] == []
    assert KINDS == ("page", "table", "dataset", "export", "test")
    assert plan_evidence()["J034"] == Evidence(None, (), ())


def test_targets_name_items_and_datasets_that_exist() -> None:
    targets = target_list()
    assert {"sensor_coverage_pct", "cloud_rate_pct", "smart_venue_count"} <= {target.code for target in targets}
    for target in targets:
        assert target.item_id in LEVEL
        assert set(target.datasets) <= set(contracts())
