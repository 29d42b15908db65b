"""Work spread over processes: the same answers in the same order, failures told, a dead process tried again."""

import os
from dataclasses import dataclass

import numpy as np
import pytest

from kernel.errors import BuildFailed
from tests.warehouse.spread_work import doubled, dying, dying_once, failing
from warehouse import spread_child
from warehouse.memo import Memo, packed, unpacked
from warehouse.spread import Spread

ME = os.getpid()


def test_two_processes_answer_as_one_does_in_the_same_order_and_tell_how_far_they_are():
    heard: list[tuple[int, int]] = []
    with Spread(2, told=lambda done, total: heard.append((done, total))) as spread:
        apart = spread(doubled, range(7))
        again = spread(doubled, range(2))
    here = Spread(0)(doubled, range(7))
    assert {process for _, process in again} <= {process for _, process in apart}
    assert [value for value, _ in apart] == [value for value, _ in here] == [0, 2, 4, 6, 8, 10, 12]
    assert ME not in {process for _, process in apart}
    assert {process for _, process in here} == {ME}
    assert heard == [*((done, 7) for done in range(8)), *((done, 2) for done in range(3))]
    assert spread.peak_bytes > 5 << 20
    assert spread_child.peak_bytes() > 5 << 20


def test_a_piece_that_fails_is_told_with_its_reason():
    with Spread(2) as spread:
        with pytest.raises(BuildFailed, match="ArithmeticError: three is too many"):
            spread(failing, range(5))
        assert spread(failing, range(3)) == [0, 1, 2]


def test_a_process_that_dies_is_replaced_once_and_its_piece_done_again(tmp_path):
    pieces = [(str(tmp_path / "mark"), number) for number in range(4)]
    with Spread(2) as spread:
        assert spread(dying_once, pieces) == [0, 1, 2, 3]
        with pytest.raises(BuildFailed, match="died 2 times, the last time with code -9"):
            spread(dying, range(2))


@dataclass(frozen=True)
class Stranger:
    value: int


VALUES = [
    None,
    (1, 2.5, "字", (True, None)),
    {"a": [np.arange(6).reshape(2, 3), np.array(["x", "yz"])], "b": {"c": float("-inf")}},
    np.array([1.5, np.nan, -0.0]),
    (np.float64(0.1), np.int64(7)),
]


@pytest.mark.parametrize("value", VALUES)
def test_what_is_packed_is_unpacked_the_same(value):
    again = unpacked(packed(value))
    np.testing.assert_equal(again, value)
    assert packed(again) == packed(value)


def test_answers_are_recalled_by_the_content_of_the_question_only(tmp_path):
    asked = np.arange(4.0)
    memo = Memo(tmp_path / "memo", "1")
    assert memo.recall(doubled, asked) is None
    memo.keep(doubled, asked, ("kept", asked))
    np.testing.assert_equal(Memo(tmp_path / "memo", "1").recall(doubled, asked.copy()), ("kept", asked))
    assert memo.recall(failing, asked) is None
    assert memo.recall(doubled, asked.astype(np.float32)) is None
    assert memo.recall(doubled, asked.reshape(2, 2)) is None
    assert memo.recall(doubled, np.array([0.0, 1.0, 2.0, np.nextafter(3.0, 4.0)])) is None
    assert Memo(tmp_path / "memo", "2").recall(doubled, asked) is None


def test_a_damaged_or_foreign_file_counts_as_none_and_a_sweep_keeps_what_was_used(tmp_path):
    memo = Memo(tmp_path, "1")
    memo.keep(doubled, 1.0, (2.0, 0))
    memo.keep(doubled, 2.0, (4.0, 0))
    fresh = Memo(tmp_path, "1")
    assert fresh.recall(doubled, 1.0) == (2.0, 0)
    assert fresh.sweep(1 << 20) == 0
    assert fresh.sweep() == 1
    assert Memo(tmp_path, "1").recall(doubled, 2.0) is None
    (file,) = tmp_path.glob("*/*.npz")
    whole = file.read_bytes()
    for damaged in (whole[:-30], b"", b"not a zip", packed(None)[:40]):
        file.write_bytes(damaged)
        assert Memo(tmp_path, "1").recall(doubled, 1.0) is None
    with pytest.raises(ValueError, match="no class of an answer"):
        unpacked(packed(Stranger(1)))
    with pytest.raises(TypeError, match="cannot be kept"):
        packed(object())


def test_what_is_kept_is_not_computed_again(tmp_path):
    memo = Memo(tmp_path, "1")
    first = Spread(0, recall=memo.recall, keep=memo.keep)(doubled, range(3))
    second = Spread(0, recall=memo.recall, keep=memo.keep)(failing, range(3))
    assert first == Spread(0, recall=memo.recall, keep=memo.keep)(doubled, range(3))
    assert second == [0, 1, 2]
    memo.keep(doubled, 1, (99, 0))
    assert Spread(0, recall=memo.recall)(doubled, range(3))[1] == (99, 0)
