"""Set-up leaves nothing to compile, and does without the compiler."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import analytics
import geodata
from analytics import warm as analytics_warm
from analytics import warm_figures
from geodata import warm as geodata_warm

ROOT = Path(__file__).parents[2]


def compiled_modules() -> list[ModuleType]:
    infos = [i for p in (geodata, analytics) for i in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")]
    return [importlib.import_module(info.name) for info in infos]


def compiled_functions() -> dict[str, Dispatcher]:
    return {
        f"{module.__name__}.{name}": thing
        for module in compiled_modules()
        for name, thing in vars(module).items()
        if isinstance(thing, Dispatcher) and thing.__module__ == module.__name__
    }


def names_inside_compiled_code() -> set[str]:
    names: set[str] = set()
    for module in compiled_modules():
        for function in ast.walk(ast.parse(inspect.getsource(module))):
            decorators = ast.dump(ast.List(getattr(function, "decorator_list", [])))
            if "njit" in decorators or "vectorize" in decorators:
                names |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return names


def never_run() -> list[str]:
    """Return compiled functions that were neither run nor are part of another one (those come with it)."""
    inner = names_inside_compiled_code()
    return [
        name
        for name, function in compiled_functions().items()
        if not function.signatures and function.__name__ not in inner
    ]


def test_every_compiled_function_is_run_by_the_warming() -> None:
    code = (
        "from analytics import warm, warm_figures; from geodata import warm as g;"
        "g.warm(); warm.warm(); warm_figures.warm();"
        "from tests.geodata.test_geodata_warm import never_run; print(*never_run())"
    )
    # A process of its own: in this one other tests have run them already.
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(compiled_functions()) > 15
    assert done.stdout.split() == [], "give these something to do in geodata.warm or analytics.warm(_figures)"


def test_warming_without_a_compiler_does_nothing(monkeypatch) -> None:
    for module, first in (
        (geodata_warm, "small_places"),
        (analytics_warm, "small_places"),
        (warm_figures, "_warm_standards"),
    ):
        monkeypatch.setattr(module, "is_compiled", lambda: False)
        monkeypatch.setattr(module, first, lambda: pytest.fail("there is nothing to compile with"))
        module.warm()


def test_the_small_place_comes_with_fresh_and_with_read_only_arrays() -> None:
    fresh, mapped = geodata_warm.small_places()
    for name, array in fresh.network.arrays().items():
        assert array.flags.writeable
        assert not mapped.network.arrays()[name].flags.writeable
    np.testing.assert_array_equal(fresh.points.edge, mapped.points.edge)
    assert np.all(fresh.points.edge >= 0)
