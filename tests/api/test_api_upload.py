"""``/api/upload``: streams to the landing, checks apart, answers in rows; and who may send how much."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import delete

from api import upload
from ledger import upload_turns

HEAD = "venue_id,venue_name,venue_type_code,lon,lat,region_code\n"
PATH = "/api/upload?name=venue.csv&dataset=venue"


@pytest.fixture(autouse=True)
def _no_turns(server) -> None:
    engine = server.extensions["ledger"]
    upload_turns.METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(delete(upload_turns.UPLOAD_TURN))


def body(*rows: str) -> bytes:
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


def landed(server) -> list[Path]:
    folder = server.extensions["settings"].data_dir / "landing"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_first_delivery_is_checked_and_held(sign_in) -> None:
    answer = sign_in("analyst").post(
        PATH, data=body("a1,甲,C21,118.8,32.05,320102", "a1,乙,C21,118.8,32.05,320102", "a3,丙,C21,x,32.05,320102")
    )
    assert answer.status_code == 422
    assert answer.json["deliveries"][0]["refused"] == 3
    answer = sign_in("analyst").post(PATH, data=body("a1,甲,C21,118.8,32.05,320102", "a3,丙,C21,x,32.05,320102"))
    assert answer.status_code == 200
    found = answer.json["deliveries"][0]
    assert (found["state"], found["accepted"], found["refused"], found["duplicate"]) == ("held", 1, 1, 0)
    assert answer.json["address"].endswith(found["delivery"])
