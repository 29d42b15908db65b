"""What a large upload costs the server: ``python -m tests.faults.upload_memory --data var --megabytes 200``.

The real server runs as its own processes; a delivery of the asked size is made up while it is sent. The report gives
the resident memory of the server before and the most of it while the file came in and was checked; the check runs in a
process of its own, whose memory is told apart. A second upload is cut off half way: nothing of it may stay.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from tests.journeys.application import Application, build_demo, serving

PIECE = 64 * 1024
HEAD = "venue_id,venue_name,venue_type_code,lon,lat,region_code,area_m2,remark\n"
REMARK = "体育场地普查登记，开放时间与收费标准以场地公示为准；" * 2


def rows(size: int) -> Iterator[bytes]:
    """Yield a delivery of exactly ``size`` bytes in pieces; blank lines fill it up."""
    buffer, made, number = HEAD.encode(), 0, 0
    while made < size:
        while len(buffer) < PIECE:
            number += 1
            place = f"C21,119.4{number % 900 + 100},32.40,321002,{number % 900 + 100}"
            buffer += f"v{number},球场{number},{place},{REMARK}\n".encode()
        if size - made <= PIECE:
            whole = buffer[: buffer.rindex(b"\n", 0, size - made) + 1]
            buffer = whole.ljust(size - made, b"\n")
        piece = buffer[: min(PIECE, size - made)]
        buffer = buffer[len(piece) :]
        made += len(piece)
        yield piece


def tree(root: int) -> dict[int, str]:
    """Return a process and those below it: number -> command line."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text("utf-8", "replace")
                commands[int(folder.name)] = (folder / "cmdline").read_text("utf-8", "replace").replace("\0", " ")
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found, grew = {root}, True
    while grew:
        below = {pid for pid, parent in parents.items() if parent in found}
        grew = not below <= found
        found |= below
    return {pid: commands.get(pid, "") for pid in found}


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process, megabytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    held = re.search(r"VmRSS:\s+(\d+)", status)
    return int(held[1]) / 1024 if held else 0.0


class Watch:
    """Samples the memory of the server and of its checks while it is on."""

    def __init__(self, port: int) -> None:
        self.root = _listener(port)
        self.server_mb = self.check_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def sample(self) -> None:
        """Look once."""
        server = check = 0.0
        for pid, command in tree(self.root).items():
            if "check_child" in command:
                check = max(check, resident_mb(pid))
            elif "jobs" not in command:
                server += resident_mb(pid)
        self.server_mb, self.check_mb = max(self.server_mb, server), max(self.check_mb, check)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self.sample()

    def __enter__(self) -> Watch:
        self.server_mb = self.check_mb = 0.0
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def _listener(port: int) -> int:
    """Return the process that was started last with app.py: the one of this run."""
    found = [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and _environment(folder, f"SPORTSMAP_PORT={port}") and "app.py" in _command(folder)
    ]
    return min(found)


def _command(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def _environment(folder: Path, wanted: str) -> bool:
    try:
        return wanted in (folder / "environ").read_text("utf-8", "replace").split("\0")
    except OSError:
        return False


def cookie(application: Application, role: str) -> str:
    """Return the cookie of a new session."""
    address = urllib.parse.urlsplit(application.base)
    line = http.client.HTTPConnection(address.hostname, address.port)
    form = urllib.parse.urlencode({"name": role, "password": application.passwords[role]})
    line.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    return str(answer.getheader("Set-Cookie")).split(";", 1)[0]


def send(application: Application, session: str, size: int, *, cut_at: int | None = None) -> tuple[int, str, float]:
    """Send a delivery; return status, answer and the seconds until the last byte was sent."""
    address = urllib.parse.urlsplit(application.base)
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=600)
    line.putrequest("POST", "/api/upload?name=large.csv&dataset=venue&check=1")
    line.putheader("Cookie", session)
    line.putheader("Content-Length", str(size))
    line.endheaders()
    began, sent = time.monotonic(), 0
    for piece in rows(size):
        if cut_at is not None and sent >= cut_at:
            line.close()
            return 0, "", time.monotonic() - began
        try:
            line.send(piece)
        except BrokenPipeError:
            # Refused before it was read: the answer says why.
            break
        sent += len(piece)
    took = time.monotonic() - began
    answer = line.getresponse()
    return answer.status, answer.read().decode(), took


def left_behind(data: Path) -> int:
    """Return how many temporary files lie in the landing."""
    return len(list((data / "landing").rglob(".tmp-*")))


def measure(data: Path, megabytes: int) -> dict[str, object]:
    """Return the report of a large upload and of one that is cut off."""
    size = megabytes << 20
    with serving(data) as application:
        session = cookie(application, "analyst")
        # The first delivery loads what any delivery needs.
        status, answer, _ = send(application, session, 64 * 1024)
        if status >= 400:
            raise RuntimeError(f"the first delivery was refused: {status} {answer[:300]}")
        watch = Watch(urllib.parse.urlsplit(application.base).port or 0)
        watch.sample()
        before = watch.server_mb
        with watch:
            status, answer, took = send(application, session, size)
        report: dict[str, object] = {
            "megabytes": megabytes,
            "status": status,
            "answer": answer[:300],
            "seconds_to_send": round(took, 1),
            "server_before_mb": round(before, 1),
            "server_most_mb": round(watch.server_mb, 1),
            "server_added_mb": round(watch.server_mb - before, 1),
            "check_most_mb": round(watch.check_mb, 1),
        }
        landed = len([path for path in (data / "landing").rglob("*") if path.is_file()])
        send(application, session, size // 4, cut_at=size // 8)
        end = time.monotonic() + 20
        while left_behind(data) and time.monotonic() < end:
            time.sleep(0.2)
        report["left_of_the_cut_off"] = left_behind(data)
        report["landed_of_the_cut_off"] = len([p for p in (data / "landing").rglob("*") if p.is_file()]) - landed
    return report


def main() -> int:
    """Measure and report; return 1 when the server grew by 50 MB or more, or a cut-off file stayed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--megabytes", type=int, default=200)
    given = parser.parse_args()
    build_demo(given.data.resolve())
    report = measure(given.data.resolve(), given.megabytes)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    stayed = report["left_of_the_cut_off"] or report["landed_of_the_cut_off"]
    return 1 if float(str(report["server_added_mb"])) >= 50 or stayed else 0


if __name__ == "__main__":
    sys.exit(main())
