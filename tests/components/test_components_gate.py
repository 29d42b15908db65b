"""Every page, callback and resource against every role, from outside; and the attacks of the callback table."""

from __future__ import annotations

import dataclasses
import json

import pytest

from access import roles
from access.roles import ROLES
from components.callbacks import ACTION_OF_OUTPUT
from components.gate import safe_next
from components.page import PUBLIC, SIGNED_IN

CALLBACKS = "/_dash-update-component"
SHOW = {
    "output": "page.children",
    "outputs": {"id": "page", "property": "children"},
    "inputs": [{"id": "address", "property": "pathname", "value": "/account"}],
    "state": [{"id": "address", "property": "search", "value": ""}],
    "changedPropIds": ["address.pathname"],
}
LAYOUTS = ("/_dash-layout", "/_dash-dependencies")


def pages() -> dict:
    import app

    return app.mounted_pages()


def resources() -> dict:
    import app

    return app.mounted_resources()


def without(monkeypatch, role: str, *actions: str) -> None:
    """Take actions from a role for the length of a test."""
    stripped = dataclasses.replace(ROLES[role], actions=ROLES[role].actions - set(actions))
    monkeypatch.setitem(roles.ROLES, role, stripped)


def body_for(server, output: str) -> dict:
    """Return a well-formed body for a registered callback, with no values in it."""
    import dash

    registered = dash.get_app().callback_map[output]

    def reference(dependency: dict) -> object:
        if dependency["id"].startswith("{"):
            wildcard = json.loads(dependency["id"])
            return (
                []
                if any("ALL" in value for value in wildcard.values())
                else {"id": wildcard, "property": dependency["property"]}
            )
        return {"id": dependency["id"], "property": dependency["property"], "value": None}

    names = output[2:-2].split("...") if output.startswith("..") else [output]
    outputs = [{"id": n.rpartition(".")[0], "property": n.rpartition(".")[2].split("@")[0]} for n in names]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [reference(d) for d in registered["inputs"]],
        "state": [reference(d) for d in registered["state"]],
        "changedPropIds": [],
    }


def address_of(server, endpoint: str) -> str:
    """Return an address that leads to a resource, with a stand-in for each of its parts."""
    rule = next(rule for rule in server.url_map.iter_rules() if rule.endpoint == endpoint)
    converters = rule._converters
    values = {name: 1 if type(converters[name]).__name__ == "IntegerConverter" else "x" for name in rule.arguments}
    return server.url_map.bind("localhost").build(endpoint, values)


# Anonymous


def test_an_anonymous_visitor_is_led_to_the_door_and_back(server) -> None:
    for path in pages():
        answer = server.test_client().get(f"{path}?a=1")
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("path", LAYOUTS)
def test_an_anonymous_visitor_gets_no_layout_and_no_list_of_callbacks(server, path) -> None:
    answer = server.test_client().get(path)
    assert answer.status_code == 401
    assert answer.json["code"] == "NOT_SIGNED_IN"


def test_an_anonymous_callback_is_refused(server) -> None:
    assert server.test_client().post(CALLBACKS, json=SHOW).status_code == 401


def test_an_anonymous_visitor_gets_no_resource_that_is_not_public(server) -> None:
    guarded = {endpoint: resource for endpoint, resource in resources().items() if resource.action != PUBLIC}
    assert guarded
    for endpoint, resource in guarded.items():
        answer = server.test_client().open(address_of(server, endpoint), method=resource.methods[0])
        assert answer.status_code == 401, resource.rule


def test_a_made_up_cookie_is_nobody(server) -> None:
    client = server.test_client()
    client.set_cookie("som_session", "A" * 43)
    assert client.get("/_dash-layout").status_code == 401


# The matrix


@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_exactly_the_pages_of_its_actions(server, sign_in, role) -> None:
    for path, mounted in pages().items():
        expected = 200 if mounted.page.action in ROLES[role].actions else 403
        assert sign_in(role).get(path).status_code == expected, path


@pytest.mark.parametrize("role", ROLES)
def test_a_page_closes_as_soon_as_the_action_is_taken_away(server, sign_in, role, monkeypatch) -> None:
    for path, mounted in pages().items():
        if path == "/account":
            continue
        with monkeypatch.context() as patch:
            without(patch, role, mounted.page.action)
            assert sign_in(role).get(path).status_code == 403, path


@pytest.mark.parametrize("role", ROLES)
def test_every_callback_asks_for_its_action(server, sign_in, role, monkeypatch) -> None:
    assert ACTION_OF_OUTPUT
    for output, action in ACTION_OF_OUTPUT.items():
        if action == SIGNED_IN:
            continue
        with monkeypatch.context() as patch:
            without(patch, role, action)
            assert sign_in(role).post(CALLBACKS, json=body_for(server, output)).status_code == 403, output


@pytest.mark.parametrize("role", ROLES)
def test_every_resource_asks_for_its_action(server, sign_in, role, monkeypatch) -> None:
    for endpoint, resource in resources().items():
        if resource.action in {PUBLIC, SIGNED_IN}:
            continue
        with monkeypatch.context() as patch:
            without(patch, role, resource.action)
            answer = sign_in(role).open(address_of(server, endpoint), method=resource.methods[0])
            assert answer.status_code == 403, resource.rule


def test_the_content_of_a_page_asks_again(server, sign_in, monkeypatch) -> None:
    without(monkeypatch, "planner", "home.view")
    body = {**SHOW, "inputs": [{**SHOW["inputs"][0], "value": "/"}]}
    assert "ACCESS_DENIED" in sign_in("planner").post(CALLBACKS, json=body).text


# Callbacks under attack


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        None,
        {"output": ["page.children"]},
        {"output": {"id": "page"}},
        {**SHOW, "inputs": []},
        {**SHOW, "inputs": {"id": "address"}},
        {**SHOW, "inputs": [None]},
        {**SHOW, "inputs": [{"id": "other", "property": "pathname", "value": "/"}]},
        {**SHOW, "inputs": [{"id": "address", "property": "href", "value": "/"}]},
        {**SHOW, "inputs": SHOW["inputs"] * 2},
        {**SHOW, "state": "x"},
        {**SHOW, "state": [[]]},
        {**SHOW, "outputs": []},
        {**SHOW, "outputs": None},
        {**SHOW, "outputs": {"id": "other", "property": "children"}},
        {**SHOW, "changedPropIds": "address.pathname"},
        {**SHOW, "changedPropIds": [1]},
        {**SHOW, "changedPropIds": ["x"] * 5000},
        {key: value for key, value in SHOW.items() if key != "inputs"},
    ],
)
def test_a_malformed_body_is_400(sign_in, body) -> None:
    answer = sign_in("planner").post(CALLBACKS, data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["code"] == "MALFORMED_CALLBACK"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"a":' * 200_000, b"NaN"])
def test_what_is_not_json_is_400(sign_in, text) -> None:
    answer = sign_in("planner").post(CALLBACKS, data=text, content_type="application/json")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("output", ["page.style", "page.children@0", "..page.children..", "", "x", "page.children "])
def test_an_output_that_is_not_registered_is_403(sign_in, output) -> None:
    assert sign_in("planner").post(CALLBACKS, json={**SHOW, "output": output}).status_code == 403


def test_a_callback_of_the_browser_cannot_be_posted(sign_in) -> None:
    body = {**SHOW, "output": "shell.data-path"}
    assert sign_in("planner").post(CALLBACKS, json=body).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml", ""])
def test_a_body_that_is_not_declared_json_is_415(sign_in, kind) -> None:
    assert sign_in("planner").post(CALLBACKS, data=json.dumps(SHOW), content_type=kind).status_code == 415


def test_a_role_in_the_body_is_ignored(sign_in) -> None:
    body = {**SHOW, "state": [{**SHOW["state"][0], "value": "?role=administrator"}], "role": "administrator"}
    text = sign_in("planner").post(CALLBACKS, json=body).text
    assert "规划" in json.loads(text).__str__()


@pytest.mark.parametrize("path", [CALLBACKS, "/sign-in", "/sign-out", "/password"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_changes_nothing(server, sign_in, path, headers) -> None:
    assert sign_in("planner").post(path, json=SHOW, headers=headers).status_code == 403


def test_our_own_pages_may_post(sign_in) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert sign_in("planner").post(CALLBACKS, json=SHOW, headers=headers).status_code == 200


def test_a_body_beyond_the_limit_is_413(sign_in) -> None:
    answer = sign_in("planner").post(CALLBACKS, data=b"x" * (3 * 1024 * 1024), content_type="application/json")
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/_mcp", "/_dash-update-component"])
def test_there_is_no_other_door(sign_in, path) -> None:
    assert sign_in("planner").get(path).status_code in {404, 405}


# Sessions at the edge


def test_signing_out_makes_the_cookie_worthless(first_start) -> None:
    server, passwords = first_start
    client = server.test_client()
    client.post("/sign-in", data={"name": "trainer", "password": passwords["trainer"]})
    token = client.get_cookie("som_session").value
    assert client.post("/sign-out").status_code == 303
    other = server.test_client()
    other.set_cookie("som_session", token)
    assert other.get("/_dash-layout").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(first_start) -> None:
    server, passwords = first_start
    answer = server.test_client().post("/sign-in", data={"name": "trainer", "password": passwords["trainer"]})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie, "plain HTTP in this test"


def test_unknown_name_and_wrong_password_read_the_same(server) -> None:
    answers = [
        server.test_client().post("/sign-in", data={"name": name, "password": "Wrong-pass-1"})
        for name in ("administrator", "nobodyatall42")
    ]
    texts = {a.text.replace("administrator", "N").replace("nobodyatall42", "N") for a in answers}
    assert len(texts) == 1
    assert {answer.status_code for answer in answers} == {401}


def test_a_name_is_shown_back_as_text(server) -> None:
    name = '"><script>alert(1)</script>'
    answer = server.test_client().post("/sign-in", data={"name": name, "password": "x"})
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/map?region=320500", "/map?region=320500"),
        ("/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https:evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_the_way_on_stays_inside(address, expected) -> None:
    assert safe_next(address) == expected


# Errors and headers


def test_an_unknown_address_is_a_card_or_json(server, sign_in) -> None:
    page = sign_in("planner").get("/nowhere")
    assert page.status_code == 404
    assert page.headers["X-Request-ID"] in page.text
    answer = sign_in("planner").get("/api/nowhere")
    assert answer.status_code == 404
    assert answer.json["code"] == "HTTP_404"


@pytest.mark.parametrize("path", ["x/y.js", "dash/../../etc/passwd", "dash/nothing.js", "os/path.py"])
def test_a_library_that_is_not_there_is_404_without_a_trace(server, path) -> None:
    answer = server.test_client().get(f"/_dash-component-suites/{path}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_every_answer_carries_the_safety_headers(server, sign_in) -> None:
    answers = [server.test_client().get(path) for path in ("/sign-in", "/healthz", "/nowhere", "/")]
    answers.append(sign_in("planner").get("/"))
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        script = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in script
        assert "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-ID"]


def test_pages_are_never_kept_and_libraries_forever(server, sign_in) -> None:
    assert sign_in("planner").get("/").headers["Cache-Control"] == "private, no-store"
    assert sign_in("planner").get("/_dash-layout").headers["Cache-Control"] == "private, no-store"
    sheet = server.test_client().get("/assets/shell.css?m=1")
    assert "immutable" in sheet.headers["Cache-Control"]
    assert server.test_client().get("/assets/shell.css").headers["Cache-Control"] == "no-cache"


def test_libraries_are_compressed(sign_in) -> None:
    import re

    text = sign_in("planner").get("/").text
    address = re.search(r'src="(/_dash-component-suites/dash/dash-renderer[^"]+)"', text).group(1)
    answer = sign_in("planner").get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]


def test_health_and_readiness_tell_no_secrets(server) -> None:
    assert server.test_client().get("/healthz").text == "ok"
    answer = server.test_client().get("/readyz")
    assert answer.status_code == 503, "there is no snapshot in this data folder"
    assert answer.json == {"ready": False, "ledger": "ok", "snapshot": "failed"}


def test_a_page_that_breaks_is_a_card_with_the_request_id_and_no_trace(sign_in, monkeypatch) -> None:
    from pages import account

    def broken(_context):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(account, "_password_form", broken)
    answer = sign_in("planner").post(CALLBACKS, json=SHOW)
    assert answer.status_code == 200
    assert "INTERNAL" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert "secret detail" not in answer.text


# Forced change of the first password


def test_until_a_forced_change_is_made_nothing_else_opens(first_start) -> None:
    from sqlalchemy import update

    from access.tables import ACCOUNT

    server, passwords = first_start
    mine = ACCOUNT.c.account_name == "administrator"
    with server.extensions["ledger"].begin() as connection:
        connection.execute(update(ACCOUNT).where(mine).values(must_change_password=True))
    client = server.test_client()
    client.post("/sign-in", data={"name": "administrator", "password": passwords["administrator"]})
    for path in pages():
        answer = client.get(path)
        assert (answer.status_code, answer.location) == ((200, None) if path == "/account" else (303, "/account"))
    assert client.get("/api/search?text=x").status_code == 403
    assert (
        "首次登录"
        in client.post(CALLBACKS, json={**SHOW, "inputs": [{**SHOW["inputs"][0], "value": "/"}]}).json.__str__()
    )
    refused = client.post("/password", data={"old": passwords["administrator"], "new": passwords["administrator"]})
    assert refused.location == "/account?fault=password_unchanged"
    old_token = client.get_cookie("som_session").value
    changed = client.post("/password", data={"old": passwords["administrator"], "new": "Broad-lake-2040"})
    passwords["administrator"] = "Broad-lake-2040"
    assert changed.location == "/account?saved=1"
    assert client.get_cookie("som_session").value != old_token
    assert client.get("/").status_code == 200
