"""``python -m bench`` measures the walking engine beside its peers; ``make bench`` installs them first."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import parts
from bench.coverage import Line, measure_size
from bench.environment import install, machine

RESULTS = Path(__file__).parent / "results"
FULL_SIZES = (100_000, 1_000_000, 5_000_000)
QUICK_SIZES = (20_000, 100_000)


def number(value: float | None, pattern: str) -> str:
    return "-" if value is None else format(value, pattern)


def print_table(size: dict[str, int], lines: list[Line]) -> None:
    print(f"\n{size['nodes']:,} nodes, {size['edges']:,} edges, {size['venues']:,} venues, limit 15 min")
    print(
        f"{'engine':<16}{'version':<11}{'wall s':>9}{'CPU s':>9}{'x wall':>8}{'x CPU':>8}{'prepare s':>11}"
        f"{'peak MiB':>10}{'added MiB':>11}  equal at every node"
    )
    for line in lines:
        if line.wall_s is None:
            print(f"{line.engine:<16}{line.version:<11}  {line.outcome}")
            continue
        equal = "yes" if line.is_equal else f"NO: {line.different_count} differ"
        print(
            f"{line.engine:<16}{line.version:<11}{number(line.wall_s, '9.4f')}{number(line.cpu_s, '9.3f')}"
            f"{number(line.ratio, '8.1f')}{number(line.cpu_ratio, '8.1f')}"
            f"{number(line.prepared_s, '11.2f')}{number(line.peak_mib, '10.0f')}{number(line.added_mib, '11.0f')}"
            f"  {equal}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small networks only, under a minute")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each engine (median is shown)")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds that one engine may take on one network")
    parser.add_argument("--no-install", action="store_true", help="measure what is installed already")
    arguments = parser.parse_args()
    missing = {} if arguments.no_install else install()
    sizes = QUICK_SIZES if arguments.quick else FULL_SIZES
    result: dict[str, object] = {"machine": machine(), "limit_units": 45_000, "networks": []}
    are_equal = True
    for wanted in sizes:
        size, lines = measure_size(
            wanted,
            runs=arguments.runs,
            timeout_s=60.0 if arguments.quick else arguments.timeout,
            missing=missing,
            tell=lambda step: print(step, file=sys.stderr),
        )
        print_table(size, lines)
        result["networks"].append({"size": size, "lines": [line.as_dict() for line in lines]})
        are_equal &= all(line.is_equal is not False for line in lines)
    result["parts"] = parts.measure(sizes[-1], cells=130_000 if arguments.quick else 1_300_000, runs=arguments.runs)
    parts.print_table(result["parts"])
    result["load_average_after"] = machine()["load_average"]
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / ("quick.json" if arguments.quick else "full.json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"\n{path}")
    return 0 if are_equal else 1


if __name__ == "__main__":
    sys.exit(main())
