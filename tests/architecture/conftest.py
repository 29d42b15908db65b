"""Syntax trees of a thousand files, which live until the last rule has looked at them."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def nothing_to_collect() -> Iterator[None]:
    """To look for garbage among the trees again and again takes twice as long as to make them."""
    gc.disable()
    yield
    gc.enable()
