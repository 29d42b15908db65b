"""What several parts of the tests share: one server without a snapshot, and a cheap password hash."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is.
settings.register_profile("no clock", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")

# What imports make stays: to look for garbage in it again and again takes a third of the time of collecting tests.
gc.disable()

SignIn = Callable[[str], FlaskClient]


def pytest_collection_finish() -> None:
    """From here on look for garbage, in what tests make only."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a published small demo, built once for all processes that run tests: copy it, or only read it.

    ``SPORTSMAP_TEST_DEMO`` names a folder that holds one already, for trying a test again and again.
    """
    from tests.journeys.application import build_demo

    if given := os.environ.get("SPORTSMAP_TEST_DEMO"):
        return Path(given)
    return made_once(tmp_path_factory, "small-demo", build_demo)


@pytest.fixture(scope="session")
def published_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the published small town, built once for all processes that run tests: copy it."""
    from tests.small_town import publish_town

    return made_once(tmp_path_factory, "small-town", publish_town)


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first of all processes that run tests makes, while the others wait."""
    from warehouse.durable import exclusive

    base = tmp_path_factory.getbasetemp()
    # Processes that share the work have neighbouring folders; alone, the folder is the process's own.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with exclusive(shared / f"{name}.lock"):
        if not (shared / name).exists():
            make(shared / f"{name}-begun")
            (shared / f"{name}-begun").rename(shared / name)
    return shared / name


@pytest.fixture(scope="session")
def cheap_hashes() -> Iterator[None]:
    """Hash passwords with the least work that argon2 allows: its strength is argon2's to test."""
    from access import passwords

    patch = pytest.MonkeyPatch()
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_HASHER", hasher)
    patch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory, cheap_hashes: None) -> Iterator[tuple[Flask, dict[str, str]]]:
    """The application on an empty data folder, and the passwords that its first start made.

    One for the whole session: Dash keeps callbacks in the process, so a second application would lack them.
    """
    import app
    from access.audit import AuditTrail, load_key
    from access.first_run import prepare
    from kernel.settings import load_settings
    from ledger import open_ledger

    patch = pytest.MonkeyPatch()
    patch.setenv("SPORTSMAP_DATA", str(tmp_path_factory.mktemp("data")))
    settings = load_settings()
    engine = open_ledger(settings)
    credentials = prepare(engine, AuditTrail(load_key(settings.data_dir)), mode="demo")
    engine.dispose()
    server = app.create_server(settings)
    server.testing = False
    yield server, {credential.account_name: credential.password for credential in credentials}
    patch.undo()


@pytest.fixture(scope="session")
def server(first_start: tuple[Flask, dict[str, str]]) -> Flask:
    return first_start[0]


@pytest.fixture(scope="session")
def sign_in(first_start: tuple[Flask, dict[str, str]]) -> SignIn:
    """Return a function: role -> client with a session of that role's demo account.

    An account keeps two sessions, so a test that signs in by itself may end the one kept here: it is opened anew.
    """
    server, passwords = first_start
    clients: dict[str, FlaskClient] = {}

    def opened(role: str) -> FlaskClient:
        if role not in clients or clients[role].get("/_dash-dependencies").status_code == 401:
            client = server.test_client()
            answer = client.post("/sign-in", data={"name": role, "password": passwords[role]})
            assert answer.status_code == 303, answer.text
            clients[role] = client
        return clients[role]

    return opened
