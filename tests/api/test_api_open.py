"""``/api/open/<kind>/<version>.zip`` (api.open_package): who gets it, what it is called, what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest


def test_the_newest_version_is_given_to_every_role_and_named(sign_in, served_town) -> None:
    answer = sign_in("trainer").get("/api/open/facilities/latest.zip")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "sports_open_facilities_0001-" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert "datapackage.json" in archive.namelist()
    version = answer.headers["Content-Disposition"].split("facilities_")[1].split(".zip")[0]
    again = sign_in("trainer").get(
        f"/api/open/facilities/{version}.zip", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["facilities/9999-000000000000", "culture/latest", "nothing/latest", "facilities/index"]
)
def test_what_is_not_there_is_a_plain_404(sign_in, served_town, path) -> None:
    answer = sign_in("trainer").get(f"/api/open/{path}.zip")
    assert answer.status_code == 404
    assert answer.json["code"] == "NO_PACKAGE"


def test_a_stranger_gets_nothing(server, served_town) -> None:
    assert server.test_client().get("/api/open/facilities/latest.zip").status_code == 401
