"""Every dataset: contract, tables, generator, and at least one fault that is seen and refused.

The registered modules of warehouse.demo.records and warehouse.core are run here.
"""

from __future__ import annotations

import polars as pl
import pytest

from kernel.registry import modules
from tests.suites.dataset_cases import checked_with, context, faults, good, records
from warehouse.contract import contracts
from warehouse.ingest import check_frame
from warehouse.steps import discover

# Delivered by somebody or brought along; the demo has none of its own.
NOT_GENERATED = {"residential_compound"}
DATASETS = sorted(set(contracts()) - NOT_GENERATED)


@pytest.mark.parametrize("dataset", sorted(contracts()))
def test_a_dataset_has_its_staging_view_and_a_core_table(dataset: str) -> None:
    steps = discover()
    assert f"staging.stg_{dataset}" in steps
    readers = [step.name for step in steps.values() if f"staging.stg_{dataset}" in step.reads]
    assert any(name.startswith(("core.", "arrays.")) for name in readers), readers


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_demo_generates_the_dataset_and_its_contract_takes_every_row(dataset: str) -> None:
    frame = records()[dataset]
    assert frame.height or dataset == "demo_anomaly"
    few = frame if frame.height <= 3_000 else frame.gather_every(frame.height // 3_000)
    found = check_frame(dataset, few, context())
    assert [str(finding) for finding in found.findings] == []
    assert found.accepted_count + found.duplicate_count == few.height


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_code_of_a_contract_is_in_a_code_list_that_exists(dataset: str) -> None:
    named = {column.code_list for column in contracts()[dataset].columns if column.code_list}
    assert named <= set(context().code_lists)


@pytest.mark.parametrize("dataset", DATASETS)
def test_references_lead_to_a_key_of_another_dataset(dataset: str) -> None:
    for column in contracts()[dataset].columns:
        if column.references:
            other, name = column.references.split(".")
            assert name in contracts()[other].key, f"{dataset}.{column.name} -> {column.references}"


@pytest.mark.parametrize(("dataset", "changes", "rule"), faults(), ids=lambda value: str(value)[:40])
def test_a_planted_fault_is_seen_and_refused(dataset: str, changes: dict[str, object], rule: str) -> None:
    assert good(dataset).refused_count == 0
    found = checked_with(dataset, changes)
    assert found.refused_count >= 1
    assert rule in {finding.rule for finding in found.findings}
    assert found.accepted_count + found.refused_count + found.duplicate_count == found.delivered_count


def test_every_dataset_has_a_fault_that_bites_and_so_has_every_refusing_rule() -> None:
    planted = {(dataset, rule) for dataset, _, rule in faults()}
    assert set(DATASETS) - {dataset for dataset, _ in planted} == set()
    wanted = {(name, rule.name.upper()) for name in DATASETS for rule in contracts()[name].rules if rule.refuses}
    assert wanted - planted == set()


def test_generators_and_contracts_name_the_same_datasets() -> None:
    assert set(modules("warehouse.demo.records")) <= set(contracts())
    assert set(records()) == set(DATASETS)


def test_what_is_planted_is_known_and_lies_in_the_five_years() -> None:
    truth = records()["demo_anomaly"]
    assert truth["kind_code"].n_unique() >= 4
    assert truth.filter(pl.col("ended_on") < pl.col("started_on")).is_empty()
    assert set(truth["dataset"]) <= set(DATASETS)
