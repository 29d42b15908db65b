"""The side-by-side run: every engine on every network, answers compared at every node."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from bench.environment import PYTHON, ROOT
from bench.networks import generate
from bench.peers import PEERS

LIMIT_15_MIN = 45_000


@dataclass(slots=True)
class Line:
    """What one engine did on one network; ``outcome`` says why there are no numbers where there are none."""

    nodes: int
    engine: str
    outcome: str = "measured"
    version: str = ""
    is_equal: bool | None = None
    different_count: int | None = None
    wall_s: float | None = None
    cpu_s: float | None = None
    prepared_s: float | None = None
    peak_mib: float | None = None
    added_mib: float | None = None
    ratio: float | None = None
    cpu_ratio: float | None = None
    runs: list[float] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the line, ready for JSON."""
        return asdict(self)


def save_question(folder: Path, wanted_nodes: int) -> dict[str, int]:
    """Write a network and its venues to a folder; return their sizes."""
    network, venues = generate(wanted_nodes)
    # The whole costs of the edges, as the arcs have them.
    edge_cost = np.empty(network.edge_count, np.uint16)
    edge_cost[network.arc_edge] = network.arc_cost
    arrays = {
        "arc_start": network.arc_start,
        "arc_node": network.arc_node,
        "arc_cost": network.arc_cost,
        "edge_from": network.edge_from,
        "edge_to": network.edge_to,
        "edge_cost": edge_cost,
        "venue_node": venues.node,
        "venue_cost": venues.cost,
        "venue_owner": venues.owner,
        "limit": np.array(LIMIT_15_MIN),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return {"nodes": network.node_count, "edges": network.edge_count, "venues": len(venues.node)}


def run_engine(name: str, folder: Path, nodes: int, *, runs: int, timeout_s: float) -> Line:
    """Return the line of one engine, measured in a process of its own."""
    line = Line(nodes=nodes, engine=name)
    python = sys.executable if PEERS[name].package is None else str(PYTHON)
    answer = folder / f"answer {name}.npy"
    command = [python, "-m", "bench.worker", name, str(folder), str(answer), "--runs", str(runs)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        line.outcome = f"too slow: not done in {timeout_s:.0f} s"
        return line
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        line.outcome = "out of memory (8 GiB)" if "MemoryError" in reason or "bad_alloc" in reason else reason[:120]
        return line
    report = json.loads(done.stdout.strip().splitlines()[-1])
    line.version = report["version"]
    line.runs = [round(second, 5) for second in report["wall_s"]]
    line.wall_s = statistics.median(report["wall_s"])
    line.cpu_s = statistics.median(report["cpu_s"])
    line.prepared_s = report["prepared_s"]
    line.peak_mib = report["peak_mib"]
    line.added_mib = report["peak_mib"] - report["loaded_mib"]
    return line


def compare(lines: list[Line], folder: Path) -> None:
    """Note for each line whether its answer is that of scipy at every node, and how its time compares to ours."""
    answers = {line.engine: np.load(folder / f"answer {line.engine}.npy") for line in lines if line.wall_s is not None}
    reference = answers.get("scipy")
    ours = [line for line in lines if line.engine.startswith("ours") and line.wall_s is not None]
    best = min((line.wall_s for line in ours if line.wall_s), default=None)
    least = min((line.cpu_s for line in ours if line.cpu_s), default=None)
    for line in lines:
        if line.engine in answers and reference is not None:
            line.different_count = int((answers[line.engine] != reference).sum())
            line.is_equal = line.different_count == 0
        if line.wall_s is not None and best is not None:
            line.ratio = line.wall_s / best
        if line.cpu_s is not None and least is not None:
            line.cpu_ratio = line.cpu_s / least


def measure_size(
    wanted_nodes: int,
    *,
    runs: int,
    timeout_s: float,
    missing: Mapping[str, str],
    tell: Callable[[str], None],
) -> tuple[dict[str, int], list[Line]]:
    """Return the size of the network and the lines of all engines on it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        size = save_question(folder, wanted_nodes)
        lines = []
        for engine, peer in PEERS.items():
            tell(f"{size['nodes']:,} nodes: {engine}")
            if peer.package in missing:
                outcome = f"not installable: {missing[peer.package]}"[:120]
                lines.append(Line(nodes=size["nodes"], engine=engine, outcome=outcome))
            else:
                lines.append(run_engine(engine, folder, size["nodes"], runs=runs, timeout_s=timeout_s))
        compare(lines, folder)
    return size, lines
