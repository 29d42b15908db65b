"""One module of a package is one member; private modules are none."""

import sys

import pytest

from kernel.registry import members, modules


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    package = tmp_path / "shelf_of_members"
    package.mkdir()
    for name, text in {"__init__": "", "pear": "FRUIT = 2", "apple": "FRUIT = 1", "_knife": ""}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.startswith("shelf_of_members")]:
        del sys.modules[name]


def test_members_are_found_by_name_and_sorted(shelf):
    assert members("shelf_of_members", "FRUIT") == {"apple": 1, "pear": 2}
    assert list(modules("shelf_of_members")) == ["apple", "pear"]


def test_a_module_without_its_declaration_is_named(shelf):
    (shelf / "stone.py").write_text("")
    with pytest.raises(AttributeError, match=r"stone\.py must define FRUIT"):
        members("shelf_of_members", "FRUIT")
