"""``/api/siting/upload``: rows are taken or refused, large files are not read to their end, and only planners may."""

from __future__ import annotations

import pytest

from api import siting_upload
from tests.small_town import LAT, LON

PATH = "/api/siting/upload?name=list.csv"
BODY = f"lon,lat,name\n{LON},{LAT},甲\nx,{LAT},乙\n".encode()


def test_a_list_is_taken_with_its_refusals(sign_in, served_town) -> None:
    answer = sign_in("planner").post(PATH, data=BODY)
    assert answer.status_code == 200
    found = answer.json
    assert (found["accepted"], found["refused"], found["name"]) == (1, 1, "list.csv")
    assert found["reasons"][0]["row"] == 3
    assert "x" in found["reasons"][0]["reason"]
    assert len(found["list"]) == 32


@pytest.mark.parametrize("body", [b"a,b\n1,2\n", b"", b"PK\x03\x04"])
def test_what_is_no_list_is_refused_in_words(sign_in, served_town, body) -> None:
    answer = sign_in("planner").post(PATH, data=body)
    assert answer.status_code == 422
    assert answer.json["error"]


def test_a_large_file_is_refused(sign_in, served_town, monkeypatch) -> None:
    monkeypatch.setattr(siting_upload, "LARGEST_BYTES", 1_000)
    assert sign_in("planner").post(PATH, data=BODY + b"\n" * 2_000).status_code == 422


def test_only_who_may_solve_uploads(sign_in, served_town) -> None:
    assert sign_in("leader").post(PATH, data=BODY).status_code == 403
    assert sign_in("planner").get(PATH).status_code == 404
