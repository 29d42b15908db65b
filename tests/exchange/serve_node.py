"""The whole application in one process: all routes behind the gate, and the runner of its jobs."""

from __future__ import annotations

import threading

from werkzeug.serving import make_server

import app
from access.audit import AuditTrail, load_key
from access.first_run import prepare
from jobs.runner import run_until
from kernel.settings import load_settings
from ledger import open_ledger


def main() -> None:
    """Serve until the process is ended."""
    settings = load_settings()
    server = app.create_server(settings)
    engine = open_ledger(settings)
    prepare(engine, AuditTrail(load_key(settings.data_dir)), mode=settings.mode)
    threading.Thread(target=run_until, args=(lambda: False, engine, settings), daemon=True).start()
    make_server(settings.host, settings.port, server, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
