"""What is generated is marked as demo; what is real and ships with the product is not."""

from __future__ import annotations

import polars as pl
import pytest

from kernel.errors import DataRejected
from kernel.settings import Settings
from warehouse.demo.codes import code_list_frame
from warehouse.demo_delivery import REAL, deliver_demo

CELL = {"cell_id": "a", "lon": 119.4, "lat": 32.2, "resident_count": 3.0}


def origins(settings: Settings, *frames: tuple[str, pl.DataFrame]) -> dict[str, str]:
    return {batch.dataset: batch.origin for batch in deliver_demo(frames, "tiny-1", settings)}


def test_generated_rows_are_demo_and_brought_along_ones_are_not(settings: Settings) -> None:
    found = origins(settings, ("code_list", code_list_frame()), ("population_cell", pl.DataFrame([CELL])))
    assert found == {"code_list": "reference", "population_cell": "demo"}


def test_real_datasets_name_publisher_and_terms() -> None:
    assert all(terms.publisher and terms.licence and terms.origin == "reference" for terms in REAL.values())


def test_a_generator_that_breaks_its_contract_delivers_nothing(settings: Settings) -> None:
    broken = pl.DataFrame([CELL | {"cell_id": str(row), "lat": 200.0} for row in range(5)])
    with pytest.raises(DataRejected, match="population_cell"):
        deliver_demo([("population_cell", broken)], "tiny-1", settings)
