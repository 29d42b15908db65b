"""Water over HTTP: what ``api.map_water`` answers, and how long browsers may keep it."""

from __future__ import annotations

import gzip

import pytest

import api._answer
import api.map_water

BODY = b'{"type":"FeatureCollection","features":[]}' + b" " * 400


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    details: list[str] = []

    def shores(scope: object, detail: str) -> bytes:
        details.append(detail)
        return BODY

    monkeypatch.setattr(api.map_water, "shores", shores)
    monkeypatch.setattr(api._answer, "build_id", lambda: "000001-water")
    monkeypatch.setattr(api._answer, "BODIES", api._answer.BodyCache(1_000_000))
    return details


def test_water_comes_compressed_and_is_made_once(sign_in, asked: list[str]) -> None:
    address = "/api/map/water?detail=fine&build=000001-water"
    first, second = (sign_in("planner").get(address) for _ in range(2))
    assert gzip.decompress(first.data) == BODY
    assert first.headers["Content-Encoding"] == "gzip"
    assert second.data == first.data
    assert asked == ["fine"]


def test_browsers_keep_it_only_under_an_address_that_names_the_build(sign_in, asked: list[str]) -> None:
    lasting = sign_in("planner").get("/api/map/water?detail=near&build=000001-water")
    assert "immutable" in lasting.headers["Cache-Control"]
    for address in ("/api/map/water", "/api/map/water?detail=near&build=000000-older"):
        assert sign_in("planner").get(address).headers["Cache-Control"] == "private, no-cache"
    assert asked == ["near", "overview", "near"]


def test_an_unknown_detail_is_refused(sign_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api._answer, "build_id", lambda: "000001-water")
    answer = sign_in("planner").get("/api/map/water?detail=exact")
    assert answer.status_code == 400
    assert "overview" in answer.json["fix"]


def test_nobody_sees_it_without_signing_in(server, asked: list[str]) -> None:
    answer = server.test_client().get("/api/map/water")
    assert answer.status_code in (302, 303, 401, 403)
    assert asked == []
