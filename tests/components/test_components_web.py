from __future__ import annotations

import pytest
from flask import Flask

from components.web import MAX_KEPT_BODIES, StaticBodies, content_policy, static_key


@pytest.mark.parametrize(
    ("address", "keeps"),
    [
        ("/assets/shell.css?m=17", True),
        ("/assets/vendor/maplibre-gl.mjs?v=6", True),
        ("/assets/shell.css", False),
        ("/_dash-component-suites/dash/dash-renderer/build/dash_renderer.v4_4_1m1795263663.min.js", True),
        ("/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js", False),
        ("/theme/0123456789ab.css", True),
        ("/_dash-layout", False),
        ("/", False),
    ],
)
def test_only_addresses_with_a_fingerprint_are_kept(address, keeps) -> None:
    with Flask("t").test_request_context(address) as context:
        assert bool(static_key(context.request)) is keeps


def test_what_may_change_is_never_kept_and_the_rest_is_bounded() -> None:
    bodies = StaticBodies()
    bodies.set("br;", b"of one visitor")
    assert bodies.get("br;") is None
    for number in range(MAX_KEPT_BODIES + 5):
        bodies.set(f"br;/assets/{number}?m=1", b"x")
    assert bodies.get("br;/assets/0?m=1") is None
    assert bodies.get(f"br;/assets/{MAX_KEPT_BODIES + 4}?m=1") == b"x"


def test_the_policy_allows_scripts_by_hash_only() -> None:
    policy = content_policy(["'sha256-abc='"])
    assert "script-src 'self' 'sha256-abc='" in policy
    assert "default-src 'self'" in policy
