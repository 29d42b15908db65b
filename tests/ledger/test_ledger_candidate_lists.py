"""Uploaded lists are read back by their owner and by nobody else."""

import pytest

from kernel.errors import WordedError
from kernel.settings import load_settings
from ledger import candidate_lists, open_ledger
from tests.ledger.test_ledger_job_queue import ANN, BOB


@pytest.fixture
def engine(tmp_path):
    engine = open_ledger(load_settings({"SPORTSMAP_DATA": str(tmp_path)}))
    candidate_lists.create_tables(engine)
    yield engine
    engine.dispose()


def test_a_list_is_its_owners(engine):
    places = [[118.8, 32.0, "甲", None, 30.0], [118.9, 32.1, "", 2.5, None]]
    list_id = candidate_lists.save(engine, ANN, "名单.csv", places)
    assert candidate_lists.load(engine, ANN, list_id) == places
    for asker, name in ((BOB, list_id), (ANN, "0" * 32)):
        with pytest.raises(WordedError) as refused:
            candidate_lists.load(engine, asker, name)
        assert refused.value.key == "siting.list_missing"
