"""A few hundred of the generated bad files; ``python -m tests.faults.bad_files 10000`` tries all."""

from __future__ import annotations

import random

import pytest

from tests.faults.bad_files import bad_file, good_table, try_many

FILES = 300


def test_bad_files_are_refused_or_add_up() -> None:
    tally = try_many(FILES)
    assert tally.crashes == []
    assert sum(tally.files.values()) == FILES
    rows = tally.rows
    assert rows["accepted"] + rows["refused"] + rows["duplicate"] == rows["delivered"]
    # The mutations reach every outcome: a generator of nothing but rubbish would prove little.
    assert min(rows["accepted"], rows["refused"], rows["duplicate"]) > 0
    assert len(tally.rules) > 6


@pytest.mark.parametrize("seed", range(4))
def test_a_seed_always_gives_the_same_file(seed: int) -> None:
    dataset, name, content = bad_file(seed)
    # A workbook holds the time of its making.
    assert name.endswith(".xlsx") or bad_file(seed) == (dataset, name, content)
    assert good_table(random.Random(seed))[0] == dataset
