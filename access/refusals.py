"""What accounts asked for and may not do, in the audit chain: few rows a minute for each, so that nobody floods it."""

from __future__ import annotations

import threading
import time
from collections import deque

from access.door import Door

MOST_A_MINUTE = 20
_MINUTE_S = 60.0
_LONGEST_TARGET = 200
_ACCOUNTS_KEPT = 1_000


class RefusalLog:
    """Writes refused actions into the audit chain; one for each server process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {}

    def note(self, door: Door, account_name: str, action: str, target: str) -> bool:
        """Write one refusal and return True, or return False where the account has its fill of this minute.

        Parameters
        ----------
        door : Door
            With the ledger and its chain.
        account_name, action, target : str
            Who asked for what, where.
        """
        if not self._has_room(account_name):
            return False
        with door.engine.begin() as connection:
            door.trail.append(
                connection, actor=account_name, action=action, target=target[:_LONGEST_TARGET], result="refused"
            )
        return True

    def _has_room(self, account_name: str) -> bool:
        moment = time.monotonic()
        with self._lock:
            if len(self._recent) > _ACCOUNTS_KEPT:
                self._recent.clear()
            recent = self._recent.setdefault(account_name, deque())
            while recent and moment - recent[0] > _MINUTE_S:
                recent.popleft()
            if len(recent) >= MOST_A_MINUTE:
                return False
            recent.append(moment)
            return True
