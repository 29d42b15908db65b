"""A city's and a province's node as processes of their own on loopback, each with its own data folder."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITY, PROVINCE, COUNTY = "320100", "320000", "320102"
START_LIMIT_S = 60.0
PART_KB = "1"


def environment(data: Path, node: str, **more: str) -> dict[str, str]:
    """Return the environment of a node's processes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPORTSMAP_")}
    own = {"SPORTSMAP_DATA": str(data), "SPORTSMAP_NODE": node, "SPORTSMAP_EXCHANGE_PART_KB": PART_KB}
    return {**kept, **own, "PYTHONPATH": str(ROOT), **more}


@contextmanager
def serving(env: dict[str, str], log: Path) -> Iterator[int]:
    """Run the application of a node (`tests.exchange.serve_node`) on a free port and yield the port."""
    port = free_port()
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.serve_node"],
            cwd=ROOT,
            env={**env, "SPORTSMAP_PORT": str(port)},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield port
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Line:
    """A wire between two nodes that counts parts, and calls somebody when so many have gone through.

    Parameters
    ----------
    port : int
        Of the node at the far end.
    """

    def __init__(self, port: int) -> None:
        self._far = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.parts = 0
        self.offsets: list[int] = []
        self.cut_after: int | None = None
        self.on_cut = lambda: None
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for_far_end(self) -> None:
        """Wait until the node at the far end answers."""
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            with suppress(urllib.error.URLError, TimeoutError, OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self._far}/healthz", timeout=2).close()
                return
            time.sleep(0.05)
        raise TimeoutError("the node does not answer")

    def close(self) -> None:
        """Take the wire down."""
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._far))
            threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, is_asking: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_asking:
                    for found in re.findall(rb"PUT \S+\?offset=(\d+) ", data):
                        self.parts += 1
                        self.offsets.append(int(found))
                        if self.cut_after is not None and self.parts >= self.cut_after:
                            self.cut_after = None
                            self.on_cut()
                            return
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
