"""The queue: each job is taken once and in order, states only move forward, and nobody reads what they may not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.accounts import Account
from access.policy import grant
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from ledger import job_queue, open_ledger


def scope_of(name: str, role: str = "planner", regions: frozenset[str] = frozenset()) -> GrantedScope:
    return grant(Account(name, name, role, regions, is_demo=True, is_disabled=False, must_change_password=False))


ANN, BOB = scope_of("ann"), scope_of("bob")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    engine = open_ledger(load_settings({"SPORTSMAP_DATA": str(tmp_path_factory.mktemp("queue"))}))
    job_queue.create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(kept):
    empty(kept)
    return kept


def empty(engine) -> None:
    with engine.begin() as connection:
        for table in reversed(job_queue.METADATA.sorted_tables):
            connection.execute(table.delete())


def test_a_job_goes_its_way_and_its_result_is_read_back(engine):
    request = {"model": "mclp", "p": 3, "名称": "试"}
    job_id = job_queue.submit(engine, ANN, "siting", request)
    assert job_queue.load(engine, ANN, job_id).state == "queued"
    job = job_queue.claim(engine)
    assert (job.job_id, job.state, job.request, job.account_id) == (job_id, "running", request, "ann")
    assert job_queue.progress(
        engine, job_id, stage="bound", share=0.4, objective=9.0, bound=10.0, trace=[(1.0, 9.0, 10.0)]
    )
    seen = job_queue.load(engine, ANN, job_id)
    assert (seen.stage, seen.share, seen.objective, seen.bound, seen.trace) == (
        "bound",
        0.4,
        9.0,
        10.0,
        ((1.0, 9.0, 10.0),),
    )
    assert job_queue.load_result(engine, ANN, job_id) is None
    assert job_queue.finish(engine, job_id, "done", result={"sites": [1, 2]})
    assert job_queue.load_result(engine, ANN, job_id) == {"sites": [1, 2]}
    ended = job_queue.load(engine, ANN, job_id)
    assert ended.is_ended
    assert ended.share == 1.0
    assert ended.created_at <= ended.started_at <= ended.finished_at


def test_jobs_are_taken_in_the_order_of_arrival(engine):
    asked = [job_queue.submit(engine, scope_of(f"a{k}"), "siting", {"k": k}) for k in range(5)]
    assert [job_queue.claim(engine).job_id for _ in range(5)] == asked
    assert job_queue.claim(engine) is None


def test_eight_takers_at_once_take_each_job_once(engine):
    asked = {job_queue.submit(engine, scope_of(f"a{k}"), "siting", {}) for k in range(12)}
    with ThreadPoolExecutor(8) as pool:
        taken = [job for job in pool.map(lambda _: job_queue.claim(engine), range(24)) if job is not None]
    assert sorted(job.job_id for job in taken) == sorted(asked)


MOVES = {
    "claim": lambda engine, _: job_queue.claim(engine),
    "progress": lambda engine, job_id: job_queue.progress(engine, job_id, stage="s", share=0.5),
    "cancel": lambda engine, job_id: job_queue.ask_cancel(engine, ANN, job_id),
    "done": lambda engine, job_id: job_queue.finish(engine, job_id, "done", result={"a": 1}),
    "failed": lambda engine, job_id: job_queue.finish(engine, job_id, "failed", message={"key": "jobs.unexpected"}),
    "cancelled": lambda engine, job_id: job_queue.finish(engine, job_id, "cancelled"),
    "orphans": lambda engine, _: job_queue.fail_orphans(engine),
}


@given(st.lists(st.sampled_from(sorted(MOVES)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_states_only_move_forward(kept, moves):
    empty(kept)
    job_id = job_queue.submit(kept, ANN, "siting", {})
    before = "queued"
    for move in moves:
        MOVES[move](kept, job_id)
        after = job_queue.load(kept, ANN, job_id).state
        assert after == before or after in job_queue.FOLLOWS[before]
        if before in job_queue.ENDED:
            assert after == before
        before = after
    assert (job_queue.load_result(kept, ANN, job_id) is not None) == (before == "done")


@pytest.mark.parametrize(("first", "second"), list(product(job_queue.ENDED, job_queue.ENDED)))
def test_the_first_end_stands(engine, first, second):
    job_id = job_queue.submit(engine, ANN, "siting", {})
    job_queue.claim(engine)
    assert job_queue.finish(engine, job_id, first)
    assert not job_queue.finish(engine, job_id, second, result={"late": 1})
    assert job_queue.load(engine, ANN, job_id).state == first
    assert job_queue.load_result(engine, ANN, job_id) is None


def test_only_an_end_can_finish_a_job(engine):
    with pytest.raises(ValueError, match="no end"):
        job_queue.finish(engine, job_queue.submit(engine, ANN, "siting", {}), "running")


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_told(engine):
    waiting, other = (job_queue.submit(engine, ANN, "siting", {}) for _ in range(2))
    job_queue.ask_cancel(engine, ANN, waiting)
    assert job_queue.load(engine, ANN, waiting).state == "cancelled"
    assert job_queue.claim(engine).job_id == other
    assert job_queue.progress(engine, other, stage="s", share=0.1)
    job_queue.ask_cancel(engine, ANN, other)
    assert job_queue.is_cancel_wanted(engine, other)
    assert not job_queue.progress(engine, other, stage="s", share=0.2)
    assert job_queue.load(engine, ANN, other).state == "running"


def test_jobs_left_running_by_a_dead_runner_fail_and_say_why(engine):
    ids = [job_queue.submit(engine, ANN, "siting", {}) for _ in range(2)]
    job_queue.claim(engine)
    assert job_queue.fail_orphans(engine) == 1
    left = job_queue.load(engine, ANN, ids[0])
    assert (left.state, left.message["key"]) == ("failed", "jobs.runner_died")
    assert job_queue.load(engine, ANN, ids[1]).state == "queued"


def test_an_account_has_few_jobs_open_at_a_time(engine):
    for _ in range(job_queue.OPEN_JOBS):
        job_queue.submit(engine, ANN, "siting", {})
    with pytest.raises(WordedError) as refused:
        job_queue.submit(engine, ANN, "siting", {})
    assert refused.value.key == "jobs.too_many_open"
    assert job_queue.submit(engine, BOB, "siting", {})
    assert len(job_queue.list_for(engine, ANN)) == job_queue.OPEN_JOBS


CITY = scope_of("city", "data_officer", frozenset({"320500"}))
TOWN = scope_of("town", "data_officer", frozenset({"320582"}))


@pytest.mark.parametrize(
    ("owner", "is_shared", "reader", "sees"),
    [
        (ANN, False, ANN, True),
        (ANN, False, BOB, False),
        (ANN, True, BOB, True),
        (ANN, True, CITY, False),
        (CITY, True, ANN, True),
        (CITY, True, TOWN, False),
        (CITY, False, scope_of("city", "data_officer", frozenset({"320100"})), False),
        (CITY, False, CITY, True),
    ],
)
def test_a_job_is_read_by_its_owner_and_when_shared_by_those_who_see_as_much(engine, owner, is_shared, reader, sees):
    job_id = job_queue.submit(engine, owner, "siting", {})
    job_queue.share(engine, owner, job_id, is_shared=is_shared)
    job_queue.claim(engine)
    job_queue.finish(engine, job_id, "done", result={"a": 1})
    assert [job.job_id for job in job_queue.list_for(engine, reader)] == ([job_id] if sees else [])
    if sees:
        assert job_queue.load_result(engine, reader, job_id) == {"a": 1}
        return
    for ask in (job_queue.load, job_queue.load_result):
        with pytest.raises(WordedError) as refused:
            ask(engine, reader, job_id)
        assert refused.value.key == "jobs.not_found"


def test_nobody_stops_or_shares_what_is_not_theirs(engine):
    job_id = job_queue.submit(engine, ANN, "siting", {})
    job_queue.share(engine, ANN, job_id, is_shared=True)
    with pytest.raises(WordedError):
        job_queue.ask_cancel(engine, BOB, job_id)
    with pytest.raises(WordedError):
        job_queue.share(engine, BOB, job_id, is_shared=False)
    with pytest.raises(WordedError):
        job_queue.load(engine, ANN, "0" * 32)
    assert job_queue.load(engine, BOB, job_id).state == "queued"


def test_lists_tell_kinds_apart(engine):
    job_queue.submit(engine, ANN, "siting", {})
    other = job_queue.submit(engine, ANN, "other", {})
    assert [job.job_id for job in job_queue.list_for(engine, ANN, "other")] == [other]
