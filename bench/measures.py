"""``python -m bench.measures``: the accessibility measures at the size of the province, beside PySAL access.

With ``--data FOLDER`` the published build of that folder is measured, else a generated country of the same size. The
peer is given the pairs of one city, because it takes no network; speeds are compared per pair. Its examples are run
anew and compared with our answers.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analytics.accessibility import (
    Catchments,
    CatchmentWorkspace,
    catchment_of,
    catchments,
    group_limits,
    group_residents,
    index_cells,
    limit_units,
    walking_cost,
)
from analytics.accessibility.floating import decay_weights, floating_catchment, floating_from_pairs
from analytics.accessibility.inequality import GiniBase, gini
from analytics.accessibility.marginal import marginal_gain
from analytics.accessibility.rational import rational_access
from analytics.accessibility.supply_demand import supply_and_demand
from analytics.accessibility.uncertainty import draw_coverage
from bench.environment import PYTHON, machine
from bench.networks import generate
from bench.parts import COUNTIES, median_s, places
from geodata.network import Snap, StreetNetwork
from geodata.reach import LARGEST_LIMIT

RESULTS = Path(__file__).parent / "results" / "measures.json"
PEER = Path(__file__).parent / "access_peer.py"
MINUTES = 10
RARE_SHARE = 0.027  # football pitches among all venues of the demo province
CITY_VENUES = 4_000  # venues whose pairs the peer is given
CHANGES = 200  # cells that one edit changes
# Bars of the project, seconds.
BARS = {"E2SFCA": 5.0, "marginal gain, all venues": 5.0, "marginal gain, one rare category": 5.0}


@dataclass(frozen=True, slots=True)
class Province:
    """What the measures are taken of."""

    name: str
    network: StreetNetwork
    cells: Snap
    doors: Snap
    owner: np.ndarray
    venue_count: int
    rare: np.ndarray  # by venue
    supply: np.ndarray
    residents: np.ndarray  # (k, 7)
    county: np.ndarray


def generated() -> Province:
    """Return a generated country of the size of the demo province."""
    network, _ = generate(1_480_000)
    rng = np.random.default_rng(2)
    cells, doors = places(network, 1_100_000, rng), places(network, 350_000, rng)
    county = (np.arange(len(cells.edge)) * COUNTIES // len(cells.edge)).astype(np.int16)
    people = rng.integers(0, 60, (len(cells.edge), 7)).astype(np.float32)
    owner = rng.permutation(350_000).astype(np.int32) % 300_000
    rare, supply = rng.random(300_000) < RARE_SHARE, rng.random(300_000) * 2_000
    return Province("generated", network, cells, doors, owner, 300_000, rare, supply, people, county)


def published(folder: Path) -> Province:
    """Return the published build of a data folder."""
    from kernel.settings import load_settings
    from warehouse.queries._run import array, reading_from
    from warehouse.queries.reach import network, qualifying, snap_of
    from warehouse.queries.venue_filter import VenueFilter
    from warehouse.snapshot import open_store

    store = open_store(replace(load_settings({}), data_dir=folder))
    with reading_from(store):
        entrance, cell, supply = array("entrance"), array("cell"), array("venue_supply")
        is_open = qualifying(VenueFilter())
        chosen = is_open[entrance["venue_index"]]
        return Province(
            f"published build {store.current().build_id}",
            network(),
            snap_of(cell),
            snap_of(entrance, chosen),
            entrance["venue_index"][chosen],
            len(is_open),
            qualifying(VenueFilter(frozenset({"football"}))),
            supply["area_m2"],
            np.asarray(cell["residents"]),
            np.asarray(cell["region_index"]),
        )


def measure(place: Province, runs: int) -> dict[str, tuple[float, float]]:
    """Return the median seconds of each measure, by the clock and of the processor."""
    limit = limit_units(MINUTES)
    people = np.nan_to_num(place.residents[:, 0].astype(np.float64))
    index = index_cells(place.network, place.cells)
    steps, county = decay_weights("steps", limit), place.county.astype(np.int32)
    venue_county = np.zeros((1, place.venue_count), np.int32)
    cost, venue = walking_cost(place.network, place.cells, place.doors, place.owner, limit=LARGEST_LIMIT)
    is_rare = place.rare[place.owner]
    rare_cost, _ = walking_cost(place.network, place.cells, some(place.doors, is_rare), place.owner[is_rare])
    groups = group_residents(place.residents)
    everything = place.network, index, place.doors, place.owner

    def e2sfca(kind: str = "steps"):  # type: ignore[no-untyped-def]
        weight = decay_weights(kind, limit)
        return floating_catchment(*everything, supply=place.supply, demand=people, weight=weight)

    found = e2sfca()
    base = GiniBase.of(found.access, people)
    changed = np.linspace(0, len(people) - 1, CHANGES).astype(int)
    space = CatchmentWorkspace(place.network.node_count, index.cell_count)
    door = some(place.doors, slice(len(place.owner) // 2, len(place.owner) // 2 + 1))
    work: dict[str, Callable[[], object]] = {
        "cells filed by node": lambda: index_cells(place.network, place.cells),
        "catchments of all venues, 10 min": lambda: catchments(*everything, owner_count=place.venue_count, limit=limit),
        "catchments of all venues, 15 min": lambda: catchments(*everything, owner_count=place.venue_count),
        "catchment of one venue": lambda: catchment_of(place.network, index, door, limit=limit, workspace=space),
        "2SFCA": lambda: e2sfca("binary"),
        "E2SFCA": e2sfca,
        "E2SFCA, Gaussian": lambda: e2sfca("gaussian"),
        "supply and demand": lambda: supply_and_demand(
            *everything,
            found,
            supply=place.supply,
            residents=people,
            weight=steps,
            cell_region=county[None],
            venue_region=venue_county,
            quota_m2=0.3,
        ),
        "Gini index": lambda: gini(found.access, people),
        f"Gini index after {CHANGES} changed cells": lambda: base.with_changes(changed, found.access[changed] + 1.0),
        "marginal gain, all venues": lambda: marginal_gain(place.network, place.cells, cost, people, limit=limit),
        "marginal gain, one rare category": lambda: marginal_gain(
            place.network, place.cells, rare_cost, people, limit=limit
        ),
        "intervals of coverage, 6 groups": lambda: draw_coverage(
            [cost] * 6, [venue] * 6, groups, place.county, group_limits([MINUTES])[0], region_count=COUNTIES
        ),
    }
    return {name: both_s(step, runs) for name, step in work.items()}


def both_s(step: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the median wall time and processor time of some runs after one that does not count."""
    seconds = []
    for _ in range(runs + 1):
        began, used = time.perf_counter(), time.process_time()
        step()
        seconds.append((time.perf_counter() - began, time.process_time() - used))
    wall, processor = zip(*seconds[1:], strict=True)
    return statistics.median(wall), statistics.median(processor)


def some(snap: Snap, chosen: np.ndarray | slice) -> Snap:
    return Snap(snap.edge[chosen], snap.offset_cost[chosen], snap.access_m[chosen])


def ask_peer(*arguments: str) -> dict:
    """Return what the peer answers; isolated, because our package ``access`` has its name."""
    command = [str(PYTHON), "-I", str(PEER), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def beside_the_peer(place: Province, runs: int) -> dict[str, float]:
    """Return seconds per pair of E2SFCA for both on the pairs of one city, and the largest difference."""
    limit = limit_units(MINUTES)
    middle = place.venue_count // 2
    mine = (place.owner >= middle) & (place.owner < middle + CITY_VENUES)
    owner = place.owner[mine] - middle
    index = index_cells(place.network, place.cells)
    doors = some(place.doors, mine)
    question = place.network, index, doors, owner
    pairs = catchments(*question, owner_count=CITY_VENUES, limit=limit)
    used, cell = np.unique(pairs.cell, return_inverse=True)
    people = np.nan_to_num(place.residents[used, 0].astype(np.float64))
    supply, weight = place.supply[middle : middle + CITY_VENUES], decay_weights("steps", limit)[pairs.cost]
    city = Catchments(pairs.start, cell.astype(np.int32), pairs.cost)
    from_pairs = median_s(lambda: floating_from_pairs(city, supply, people, weight), runs)
    everybody = np.zeros(index.cell_count)
    everybody[used] = people
    table = decay_weights("steps", limit)
    on_the_fly = median_s(
        lambda: floating_catchment(*question, supply=supply, demand=everybody, weight=table, threads=1), runs
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        columns = {"cell": cell, "venue": pairs.owner, "cost": pairs.cost.astype(np.float64), "demand": people}
        for key, values in (columns | {"supply": supply, "limit": np.array(float(limit))}).items():
            np.save(folder / f"{key}.npy", values)
        peer = ask_peer("--pairs", name)
        answer = np.nan_to_num(np.load(folder / "answer.npy"))
    ours = floating_from_pairs(city, supply, people, weight).access
    return {
        "pairs": len(cell),
        "peer_s": peer["seconds"],
        "ours_from_pairs_s": from_pairs,
        "ours_on_the_fly_s": on_the_fly,
        "ratio_from_pairs": peer["seconds"] / from_pairs,
        "ratio_on_the_fly": peer["seconds"] / on_the_fly,
        "largest_difference": float(np.abs(ours - answer).max()),
        "largest_value": float(ours.max()),
    }


def examples() -> tuple[str, dict[str, float]]:
    """Return the peer's version and the largest difference to its answers on its own examples."""
    asked = ask_peer()
    difference: dict[str, float] = {}
    for name, case in asked["cases"].items():
        ordered = sorted((int(venue), int(cell), cost) for cell, venue, cost in case["pairs"])
        venue, cell, cost = (np.array(column) for column in zip(*ordered, strict=True))
        start = np.searchsorted(venue, np.arange(len(case["supply"]) + 1))
        pairs = Catchments(start, cell.astype(np.int32), np.zeros(len(cell), np.uint16))
        weights = {
            "binary": (cost <= (3 if name == "grid" else 61)) * 1.0,
            "gravity": (cost <= 61) / np.maximum(cost, 1.0),
            "steps": np.select([cost <= 1, cost <= 2, cost <= 3], [1.0, 0.68, 0.22], 0.0),
        }
        for kind in weights.keys() & case.keys():
            ours = floating_from_pairs(pairs, case["supply"], case["demand"], weights[kind]).access
            difference[f"{name}, {kind}"] = float(np.abs(ours - np.array(case[kind])).max())
        if "raam" in case:
            by_cell = np.lexsort((venue, cell))
            first = np.searchsorted(cell[by_cell], np.arange(len(case["demand"]) + 1))
            settled = rational_access(
                first, venue[by_cell], cost[by_cell], case["demand"], case["supply"], tau_minutes=case["tau"]
            )
            difference[name] = float(np.abs(settled.cost - np.array(case["raam"])).max())
    return asked["package"], difference


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.measures", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder whose published build is measured")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each measure (median is shown)")
    arguments = parser.parse_args()
    place = generated() if arguments.data is None else published(arguments.data)
    size = {
        "nodes": place.network.node_count,
        "cells": len(place.cells.edge),
        "venues": len(np.unique(place.owner)),
    }
    print(f"{place.name}: " + ", ".join(f"{count:,} {name}" for name, count in size.items()) + ", 2 threads")
    seconds = measure(place, arguments.runs)
    for name, (wall, processor) in seconds.items():
        bar = f"   bar {BARS[name]:g} s" if name in BARS else ""
        print(f"{name:<44}{wall:>11.5f} s{processor:>11.5f} s CPU{bar}")
    result: dict[str, object] = {"machine": machine(), "province": place.name, "size": size}
    result["median_s"] = {name: {"wall": wall, "cpu": processor} for name, (wall, processor) in seconds.items()}
    if PYTHON.exists():
        version, difference = examples()
        city = beside_the_peer(place, arguments.runs)
        result |= {"peer": version, "examples": difference, "city": city}
        print(f"\n{version} on its own examples, largest difference:")
        for name, value in difference.items():
            print(f"{name:<44}{value:>11.1e}")
        print(
            f"\nE2SFCA of {city['pairs']:,} pairs: {version} {city['peer_s']:.3f} s; ours from the same pairs "
            f"{city['ours_from_pairs_s']:.5f} s ({city['ratio_from_pairs']:.0f} x), ours searching the streets too, "
            f"1 thread, {city['ours_on_the_fly_s']:.5f} s ({city['ratio_on_the_fly']:.0f} x); "
            f"largest difference {city['largest_difference']:.1e} of {city['largest_value']:.1e}"
        )
    else:
        print("\nno peer: `make bench` installs it")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"\n{RESULTS}")
    return 0 if all(seconds[name][0] <= bar for name, bar in BARS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
