from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.dispatch import MalformedCallback, check_body, only_timers, parse_body

PLAIN = {"inputs": [{"id": "a", "property": "value"}], "state": []}
WILD = {"inputs": [{"id": '{"kind":["ALL"]}', "property": "value"}], "state": []}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def body(**changes: object) -> dict:
    whole = {
        "output": "b.children",
        "outputs": {"id": "b", "property": "children"},
        "inputs": [{"id": "a", "property": "value", "value": 1}],
        "state": [],
        "changedPropIds": ["a.value"],
    }
    return {**whole, **changes}


def test_what_the_renderer_sends_passes() -> None:
    check_body(body(), PLAIN)
    many = [{"id": "b", "property": "children"}, {"id": "c", "property": "style"}]
    check_body(body(output="..b.children...c.style..", outputs=many), PLAIN)
    check_body(body(output="b.children@4f2a", outputs={"id": "b", "property": "children"}), PLAIN)
    check_body(body(inputs=[[{"id": {"kind": 1}, "property": "value", "value": 2}]]), WILD)
    check_body(body(inputs=[[]]), WILD)


@given(inputs=JSON, state=JSON, outputs=JSON, changed=JSON)
def test_anything_else_is_malformed_and_never_an_accident(inputs, state, outputs, changed) -> None:
    with pytest.raises(MalformedCallback):
        check_body(body(inputs=inputs, state=state, outputs=outputs, changedPropIds=changed), PLAIN)


@given(st.binary(max_size=200))
def test_bytes_are_a_body_or_malformed(data: bytes) -> None:
    try:
        output = parse_body(data)["output"]
    except MalformedCallback:
        return
    assert isinstance(output, str)


@pytest.mark.parametrize(
    ("changed", "expected"), [(["clock.n_intervals"], True), (["a.value", "clock.n_intervals"], False), ([], False)]
)
def test_a_clock_is_not_a_person(changed, expected) -> None:
    assert only_timers({"changedPropIds": changed}) is expected
