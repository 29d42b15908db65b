"""Tiles a second: the maker alone, and the served application over HTTP. ``python -m bench.tiles --data var``."""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path

import psutil

TOWNS = ((118.79, 32.05), (120.62, 31.31), (119.42, 32.39), (117.19, 34.27), (120.30, 31.57))
ZOOMS = range(9, 15)
AROUND = 2
RESULT = Path(__file__).parent / "results" / "tiles.json"


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 2**zoom
    return int((lon + 180) / 360 * side), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)


def addresses() -> list[tuple[str, int, int, int]]:
    """Return what browsers that look around in five towns ask for."""
    asked = set()
    for lon, lat in TOWNS:
        for zoom in ZOOMS:
            x, y = tile_at(lon, lat, zoom)
            for dx in range(-AROUND, AROUND + 1):
                for dy in range(-AROUND, AROUND + 1):
                    layers = ("venues", "walking_time", "streets") if zoom >= 12 else ("venues", "walking_time")
                    asked.update((layer, zoom, x + dx, y + dy) for layer in layers)
    return sorted(asked)


def summary(times_s: list[float], wall_s: float, cpu_s: float) -> dict[str, float]:
    """Return rates; CPU time a tile is the figure to rely on where others use the machine too."""
    cuts = statistics.quantiles(times_s, n=100)
    return {
        "tiles": len(times_s),
        "tiles_per_s": round(len(times_s) / wall_s, 1),
        "tiles_per_cpu_s": round(len(times_s) / cpu_s, 1),
        "p50_ms": round(cuts[49] * 1000, 2),
        "p95_ms": round(cuts[94] * 1000, 2),
        "p99_ms": round(cuts[98] * 1000, 2),
    }


def served_cpu_s() -> float:
    """Return the CPU time of the served application: the processes that this one started."""
    return sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))


def measure_maker() -> dict[str, dict[str, float]]:
    """Make every tile once, uncompressed and uncached, after one warm-up of each layer."""
    from access.roles import READING
    from components.map_layers import map_layers
    from kernel.scope import GrantedScope
    from warehouse.queries.venue_filter import VenueFilter

    scope = GrantedScope("bench", "planner", frozenset(), "internal", READING)
    results = {}
    for layer in ("venues", "walking_time", "streets"):
        make = map_layers()[layer].tile
        wanted = [address for address in addresses() if address[0] == layer]
        make(scope, *wanted[-1][1:], VenueFilter())
        make(scope, *wanted[0][1:], VenueFilter())
        times, used = [], time.process_time()
        for _, zoom, x, y in wanted:
            start = time.perf_counter()
            make(scope, zoom, x, y, VenueFilter())
            times.append(time.perf_counter() - start)
        results[layer] = summary(times, sum(times), time.process_time() - used)
    return results


def measure_server(port: int, cookie: str, build: str, clients: int, rounds: int) -> dict[str, dict[str, float]]:
    """Ask a served application for all tiles: first with an empty cache, then again."""
    wanted = addresses()
    results = {}
    for name in ("first", *(f"again {turn}" for turn in range(1, rounds))):
        times: list[float] = []
        lock = threading.Lock()
        queue = iter(wanted)

        def work(times: list[float] = times, lock: threading.Lock = lock, queue=queue) -> None:
            connection = HTTPConnection("127.0.0.1", port)
            headers = {"Cookie": f"som_session={cookie}", "Accept-Encoding": "gzip"}
            while True:
                with lock:
                    address = next(queue, None)
                if address is None:
                    return
                layer, zoom, x, y = address
                start = time.perf_counter()
                connection.request("GET", f"/api/tiles/{layer}/{zoom}/{x}/{y}.mvt?build={build}", headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{answer.status} {address}")
                with lock:
                    times.append(time.perf_counter() - start)

        used, start = served_cpu_s(), time.perf_counter()
        threads = [threading.Thread(target=work) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        results[name] = summary(times, time.perf_counter() - start, served_cpu_s() - used)
    return results


def run(data: Path, *, clients: int = 4, rounds: int = 3) -> dict[str, object]:
    """Measure the tiles of a data folder and return the figures.

    Parameters
    ----------
    data : Path
        Data folder with a published snapshot.
    clients : int
        Connections at once.
    rounds : int
        Passes over all tiles; the first meets an empty cache.
    """
    from dataclasses import replace

    from kernel.settings import load_settings
    from tests.journeys.application import serving
    from warehouse.queries import _run
    from warehouse.snapshot import open_store

    settings = replace(load_settings(), data_dir=data.resolve())
    with _run.reading_from(open_store(settings)):
        build = _run.build_id()
        maker = measure_maker()
    with serving(data.resolve()) as application:
        port = int(application.base.rsplit(":", 1)[1])
        cookie = session_of(port, application.passwords["planner"])
        server = measure_server(port, cookie, build, clients, rounds)
    return {"build": build, "clients": clients, "maker": maker, "server": server}


def session_of(port: int, password: str) -> str:
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
    connection.request("POST", "/sign-in", f"name=planner&password={password}", headers)
    answer = connection.getresponse()
    return (answer.getheader("Set-Cookie") or "").split("som_session=")[1].split(";")[0]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.tiles", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"), help="data folder with a published snapshot")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    result = run(arguments.data, clients=arguments.clients, rounds=arguments.rounds)
    for part in ("maker", "server"):
        print(f"{part:<16}{'tiles':>8}{'per s':>10}{'per CPU s':>11}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
        for name, line in result[part].items():  # type: ignore[attr-defined]
            rates = f"{line['tiles']:>8}{line['tiles_per_s']:>10}{line['tiles_per_cpu_s']:>11}"
            print(f"  {name:<14}{rates}{line['p50_ms']:>9}{line['p95_ms']:>9}{line['p99_ms']:>9}")
    result["processors"] = os.cpu_count()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
