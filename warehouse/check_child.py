"""``python -m warehouse.check_child``: checks one batch, or guesses a dataset, within limits; see `warehouse.apart`."""

from __future__ import annotations

import ctypes
import json
import logging
import resource
import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

# Address space is not memory: readers map files and threads reserve stacks. Resident memory is watched from outside.
ADDRESS_SPACE = 4
# What the libraries reserve before a file is read (about 2 GB on two processors, more on many): DuckDB's allocator
# does not look whether it got any, so a process that is short of it ends with a fault of memory.
RESERVED_BYTES = 8 << 30
# Option of prctl(2): the signal that this process gets when the thread that made it ends.
END_WITH_PARENT = 1
# How the process ends when the file was too much for it; other codes are faults of the machine.
OUT_OF_MEMORY, STUMBLED = 77, 78


def main() -> int:
    """Do what standard input asks and write the answer to the file that it names."""
    asked = json.load(sys.stdin)
    _limit(asked)
    # Loaded under the limits.
    from kernel import logs  # noqa: PLC0415
    from kernel.settings import load_settings  # noqa: PLC0415
    from ledger import open_ledger  # noqa: PLC0415
    from warehouse.batches import Batch  # noqa: PLC0415
    from warehouse.guess import likely_datasets  # noqa: PLC0415
    from warehouse.receive import check_here  # noqa: PLC0415

    logs.configure()
    answer: dict[str, Any]
    if asked["do"] == "guess":
        answer = {"datasets": likely_datasets(Path(asked["path"]), asked["file_name"])}
    else:
        settings = replace(load_settings(), data_dir=Path(asked["data_dir"]), ledger_url=asked["ledger_url"])
        batch, engine = Batch(**asked["batch"]), open_ledger(settings)
        try:
            outcome, left_out = check_here(batch, settings, engine)
        except MemoryError:
            return OUT_OF_MEMORY
        except OSError:
            raise
        except BaseException as error:
            # A reader in Rust panics with what is no Exception; the file did that, whatever it is called.
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            logging.getLogger(__name__).exception("check of batch %s stopped", batch.batch_id)
            return STUMBLED
        answer = {"outcome": asdict(outcome), "left_out": dict(left_out)}
    place = Path(asked["answer"])
    part = place.with_suffix(".part")
    part.write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    part.replace(place)
    return 0


def _limit(asked: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (asked["processor_s"], asked["processor_s"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    space = RESERVED_BYTES + ADDRESS_SPACE * asked["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    # Nobody waits for the answer once whoever asked is gone, and nobody would end a check that hangs.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    # When memory runs out the system should end this process first (0: like all others, 1000: first).
    try:
        Path("/proc/self/oom_score_adj").write_text("800", "ascii")
    except OSError:
        return


if __name__ == "__main__":
    sys.exit(main())
