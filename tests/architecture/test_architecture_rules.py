"""Who may build a scope, where SQL lives, that nothing leads outside, that everything asks for an action."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from access.roles import ACTIONS
from components.callbacks import ACTION_OF_OUTPUT
from components.gate import CALLBACKS, INDEX, PUBLIC_ENDPOINTS, SIGNED_IN_ENDPOINTS
from components.icons import ICONS
from components.page import PUBLIC, SIGNED_IN
from kernel.settings import SETTINGS
from tests.architecture.source import ROOT, in_package, modules, nodes, texts, tree

SQL = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+(table|view)|drop\s+table|attach\b.+\bas)\b",
    re.IGNORECASE | re.DOTALL,
)
# Names of XML dialects look like addresses; nobody goes there.
ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org/|schemas\.openxmlformats\.org/|\{|$)")
# Resources that anybody may call: the doors, the signs of life and the colours.
# A node signs each of its requests with its own key; its resource checks that by itself.
MAY_BE_PUBLIC = {"healthz", "readyz", "theme", "sign_in", "exchange_packages"}


def names_of_calls(path) -> list[tuple[int, str]]:
    calls = [node for node in nodes(path) if isinstance(node, ast.Call)]
    return [(c.lineno, c.func.attr if isinstance(c.func, ast.Attribute) else getattr(c.func, "id", "")) for c in calls]


def test_only_the_policy_grants_scopes() -> None:
    granting = {
        dotted for dotted, path in modules().items() if any(name == "GrantedScope" for _, name in names_of_calls(path))
    }
    assert granting == {"access.policy"}


def found_in_texts(pattern: re.Pattern[str], among: dict[str, Path]) -> list[tuple[str, int, str]]:
    return [
        (dotted, line, text) for dotted, path in among.items() for line, text in texts(path) if pattern.search(text)
    ]


def test_sql_is_written_in_the_warehouse_only() -> None:
    others = {dotted: path for dotted, path in modules().items() if not in_package(dotted, "warehouse")}
    assert found_in_texts(SQL, others) == []


@pytest.mark.parametrize(
    "text",
    ["select a from b", "DELETE FROM x", "with a as (\nselect 1\nfrom b) select * from a", "update t set a = 1"],
)
def test_the_search_for_sql_finds_sql(text) -> None:
    assert SQL.search(text)


def test_no_module_names_another_host() -> None:
    assert found_in_texts(ADDRESS, modules()) == []


def test_no_asset_names_another_host() -> None:
    paths = [*(ROOT / "assets").rglob("*"), *(ROOT / "components" / "templates").glob("*")]
    own = [path for path in paths if path.is_file() and "vendor" not in path.parts]
    assert len(own) > 5
    for path in own:
        assert not ADDRESS.search(path.read_text("utf-8")), path.name
        assert "//cdn." not in path.read_text("utf-8"), path.name


def test_no_except_is_bare() -> None:
    handlers = {
        dotted: [node for node in nodes(path) if isinstance(node, ast.ExceptHandler)]
        for dotted, path in modules().items()
    }
    assert [(dotted, one.lineno) for dotted, found in handlers.items() for one in found if one.type is None] == []


def test_the_environment_and_the_clock_are_read_in_one_module_each() -> None:
    uses = {
        (dotted, f"{node.value.id}.{node.attr}")
        for dotted, path in modules().items()
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert {dotted for dotted, name in uses if name == "os.environ"} == {"kernel.settings"}
    of_the_clock = {"datetime.now", "date.today", "time.time", "datetime.utcnow"}
    assert {dotted for dotted, name in uses if name in of_the_clock} == {"kernel.clock"}


def at_import(path) -> set[str]:
    """Return what a module imports when it is imported itself, as dotted names."""
    names: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_what_is_heavy_is_imported_where_it_is_used() -> None:
    """A server that only answers starts without the libraries that fit and draw: seconds, and memory."""
    heavy = ("statsmodels", "sklearn", "scipy.stats")
    at_start = {dotted: at_import(path) for dotted, path in modules().items()}
    assert "scipy.special.ndtri" in at_start["analytics.targets.levels"]
    found = [
        (dotted, name) for dotted, names in at_start.items() for name in names for one in heavy if in_package(name, one)
    ]
    assert found == []


def test_every_page_asks_for_an_action_of_the_table() -> None:
    import app

    pages = app.mounted_pages()
    assert {"/", "/account"} <= set(pages)
    for path, mounted in pages.items():
        assert mounted.page.path == path
        assert mounted.page.action in ACTIONS
        assert mounted.page.icon in ICONS
    listed = {mounted.page.code: mounted.page.order for mounted in pages.values()}
    assert len(set(listed.values())) == len(listed)


def test_every_resource_asks_for_an_action_or_is_known_to_be_open() -> None:
    import app

    for endpoint, resource in app.mounted_resources().items():
        name = endpoint.removeprefix("api.")
        assert resource.action in ACTIONS or resource.action == SIGNED_IN or name in MAY_BE_PUBLIC, name
        assert (resource.action == PUBLIC) == (name in MAY_BE_PUBLIC), name


def test_every_callback_on_the_server_asks_for_an_action(server) -> None:
    import dash

    on_server = {name for name, entry in dash.get_app().callback_map.items() if "callback" in entry}
    assert on_server
    assert on_server == set(ACTION_OF_OUTPUT)
    assert all(action in ACTIONS or action == SIGNED_IN for action in ACTION_OF_OUTPUT.values())


def test_every_action_of_the_table_is_asked_for_somewhere() -> None:
    import app

    asked = {mounted.page.action for mounted in app.mounted_pages().values()}
    asked |= {resource.action for resource in app.mounted_resources().values()}
    asked |= set(ACTION_OF_OUTPUT.values())
    assert set(ACTIONS) <= asked


def test_every_route_is_known_to_the_gate(server) -> None:
    import app

    known = {*app.mounted_resources(), *INDEX, CALLBACKS, *PUBLIC_ENDPOINTS, *SIGNED_IN_ENDPOINTS}
    assert {rule.endpoint for rule in server.url_map.iter_rules()} == known


def test_every_setting_is_documented() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    written = "\n".join(path.read_text("utf-8") for path in documents if path.is_file())
    assert [setting.variable for setting in SETTINGS.values() if setting.variable not in written] == []
