"""The composition root: settings, logs, ledger, pages, routes, server. ``python app.py`` serves the application."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import threading
from dataclasses import replace
from functools import partial
from typing import cast

# Loaded before any thread exists: a first import from two threads at once can see a half-built module.
import numpy  # noqa: F401
import pandas  # noqa: F401
import pyarrow  # noqa: F401
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from access import first_run
from access.__main__ import credential_table
from access.audit import AuditTrail, load_key
from access.door import Door
from access.policy import system_scope, warming_scope
from access.tables import create_tables
from analytics.indicator import indicators
from components import errors, router, web
from components.document import ASSETS, FramedDash
from components.gate import Gate
from components.page import MountedPage, Page, Resource
from components.request import Language
from jobs.keeper import kept_runner
from kernel import logs
from kernel.errors import NoSnapshot, SettingError
from kernel.registry import members, modules
from kernel.settings import Settings, load_settings
from ledger import candidate_lists, job_queue, open_ledger, scenarios, strength_recipes
from reports.export import exports
from warehouse.queries import standing
from warehouse.queries.query_log import QUERIES
from warehouse.queries.warm import warm


def create_server(settings: Settings | None = None) -> Flask:
    """Return the WSGI application.

    Parameters
    ----------
    settings : Settings, optional
        Settings to use; those of the environment when absent.
    """
    settings = settings or load_settings()
    logs.configure()
    language = cast("Language", settings.language)
    engine = open_ledger(settings)
    trail = AuditTrail(load_key(settings.data_dir))
    create_tables(engine)
    job_queue.create_tables(engine)
    candidate_lists.create_tables(engine)
    scenarios.create_tables(engine)
    strength_recipes.create_tables(engine)
    QUERIES.keep_in(engine)
    server = Flask("sports_one_map", static_folder=None)
    server.extensions.update(settings=settings, ledger=engine, door=Door(engine, trail))

    pages = mounted_pages()
    server.extensions["pages"] = frozenset(pages)
    resources = mounted_resources()
    # Loaded now as pages and resources are: one that cannot be loaded stops the start, not the first who asks for it.
    exports()
    indicators()
    for endpoint, resource in resources.items():
        server.add_url_rule(resource.rule, endpoint, resource.view, methods=list(resource.methods))
    router.register(pages)
    application = FramedDash(
        "sports_one_map",
        server=server,  # type: ignore[arg-type]  # Dash takes a Flask object, its annotation does not say so
        assets_folder=str(ASSETS),
        assets_path_ignore=["vendor", "^map$", "^planning$"],
        suppress_callback_exceptions=True,
        update_title="",
        enable_mcp=False,
        on_error=errors.report_callback_error,
    )
    application.layout = lambda: router.frame(pages, settings)
    with server.test_request_context("/"):
        application._setup_server()
    gate = Gate(engine, pages, resources, application, language)
    gate.refuse_unlisted_callbacks()
    gate.install(server)
    errors.install(server, language)
    web.install(server, web.content_policy(application.csp_hashes()))
    return server


def create_worker() -> Flask:
    """Return the WSGI application of a server process, which readies itself while it already answers."""
    server = create_server()
    # What is loaded by now stays: no later collection of garbage looks through its hundreds of thousands of objects.
    gc.collect()
    gc.freeze()
    threading.Thread(target=warm, args=(warming_scope(),), name="warm", daemon=True).start()
    return server


def mounted_pages() -> dict[str, MountedPage]:
    """Return every page module by its address, in the order of the navigation, each followed by its variants."""
    found: list[MountedPage] = []
    for module in sorted(modules("pages").values(), key=lambda module: cast("int", module.PAGE.order)):
        page = cast("Page", module.PAGE)
        found.append(MountedPage(page, module.layout))
        for variant, name_key in page.variants:
            # The navigation lists the page once; the palette finds each variant by its own name.
            own = replace(page, path=f"{page.path}/{variant}", name_key=name_key, is_in_navigation=False)
            found.append(MountedPage(own, partial(module.layout, variant=variant)))
    return {mounted.page.path: mounted for mounted in found}


def mounted_resources() -> dict[str, Resource]:
    """Return every resource module by its Flask endpoint."""
    return {f"api.{name}": cast("Resource", resource) for name, resource in members("api", "RESOURCE").items()}


def first_start(settings: Settings) -> None:
    """Create accounts at the first start and print them once; give confined demo accounts their area."""
    engine = open_ledger(settings)
    trail = AuditTrail(load_key(settings.data_dir))
    credentials = first_run.prepare(engine, trail, mode=settings.mode)
    try:
        area = standing.example_area(system_scope())
    except NoSnapshot:
        area = None
    if area is not None:
        first_run.assign_area(engine, trail, area)
    engine.dispose()
    if credentials:
        sys.stdout.write(
            "Accounts of the first start, shown only now (python -m access reset makes new passwords):\n"
            f"{credential_table(credentials)}\n"
        )
    sys.stdout.write(f"Sports One Map is at http://{settings.host}:{settings.port}/\n")
    sys.stdout.flush()


def main() -> int:
    """Serve until stopped and return the exit code."""
    try:
        settings = load_settings()
    except SettingError as error:
        sys.stderr.write(f"{error.message} {error.fix}\n")
        return 2
    logs.configure()
    # A page that cannot be loaded stops the start here, once; in a worker it would only make granian try again.
    mounted_pages()
    mounted_resources()
    first_start(settings)
    # A forked worker would inherit locks of thread pools (DuckDB, Polars) that this process has already used.
    multiprocessing.set_start_method("spawn")
    application = Granian(
        "app:create_worker",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        factory=True,
        respawn_failed_workers=True,
        log_enabled=False,
        websockets=False,
    )
    with kept_runner():
        application.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
