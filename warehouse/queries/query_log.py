"""How often each query is asked: counted in memory, written to the ledger at most once a minute."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from kernel.clock import SHANGHAI, now
from warehouse.monitor_tables import add_query_counts

LOG = logging.getLogger(__name__)
FLUSH_S = 60.0


class QueryLog:
    """Counts of calls, rows and milliseconds by query.

    Parameters
    ----------
    seconds : callable
        A clock that never goes back.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._counts: dict[str, list[float]] = {}
        self._flushed_at = seconds()

    def keep_in(self, engine: Engine) -> None:
        """Write to this ledger from now on; before, counts stay in memory."""
        self._engine = engine

    def note(self, query: str, row_count: int, milliseconds: float) -> None:
        """Count one call; once a minute a thread of its own writes down what has come together."""
        with self._lock:
            counts = self._counts.setdefault(query, [0, 0, 0.0, 0.0])
            counts[0] += 1
            counts[1] += row_count
            counts[2] += milliseconds
            counts[3] = max(counts[3], milliseconds)
            is_due = self._engine is not None and self._seconds() - self._flushed_at >= FLUSH_S
            if is_due:
                self._flushed_at = self._seconds()
        if is_due:
            threading.Thread(target=self.flush, name="query-log", daemon=True).start()

    def flush(self) -> None:
        """Write the counts to the ledger; what cannot be written is kept for the next time."""
        with self._lock:
            engine, counts, self._counts = self._engine, self._counts, {}
        if engine is None or not counts:
            with self._lock:
                self._take_back(counts)
            return
        day = now().astimezone(SHANGHAI).date().isoformat()
        try:
            add_query_counts(engine, day, {name: (int(c[0]), int(c[1]), c[2], c[3]) for name, c in counts.items()})
        except SQLAlchemyError as error:
            LOG.warning("query counts could not be written: %s", error)
            with self._lock:
                self._take_back(counts)

    def _take_back(self, counts: dict[str, list[float]]) -> None:
        for name, kept in counts.items():
            own = self._counts.setdefault(name, [0, 0, 0.0, 0.0])
            own[:] = [own[0] + kept[0], own[1] + kept[1], own[2] + kept[2], max(own[3], kept[3])]


QUERIES = QueryLog()
