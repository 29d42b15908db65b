"""Kill -9 in ingest, build and publish at random moments, and look what is left.

``python tests/faults/kill_storm.py [KILLS] [SEED]`` prints one JSON object. Each round delivers a small file, builds
and publishes in a process that is killed at a random moment of one of these steps, in turn. After every kill three
things must hold:

1. the snapshot that readers see opens, answers, and is one that had been published before or by this very run;
2. every delivery that was acknowledged (a committed row in the ledger) is there, with its landed file unchanged;
3. at the end, an undisturbed run of the same deliveries elsewhere gives the same content hash.

This process only imports and forks: libraries with threads of their own do not survive a fork once they have worked, so
every piece of work, also the looking, is done in a child.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1:3]]

from small_town import deliver_town, write_town

from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from warehouse.batches import all_batches
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.doctor import examine
from warehouse.durable import file_sha256
from warehouse.landing import landed_path
from warehouse.manifest import current_build_id, read_manifest
from warehouse.publish import publish
from warehouse.receive import receive, writing_ledger
from warehouse.snapshot import open_store
from warehouse.steps import discover

EVERYTHING = GrantedScope("storm", "storm", frozenset(), "restricted", frozenset())
# Deliveries of a round take turns among these datasets; each is small, so that a round is mostly file work.
DATASETS = ("venue", "population_cell", "holiday")
DELIVERED, BUILT, PUBLISHED = b"d", b"b", b"p"


@dataclass
class Toll:
    """What the storm did and found."""

    kills: int = 0
    finished: int = 0
    killed_in: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    same_hash: bool = False

    def note(self, steps: bytes, *, was_killed: bool) -> None:
        """Count a round by the step that it was in."""
        self.kills += was_killed
        self.finished += not was_killed
        if was_killed:
            self.killed_in[("ingest", "build", "publish", "end")[len(steps)]] += 1

    def as_dict(self) -> dict[str, object]:
        """Return the toll as plain values."""
        return vars(self) | {"killed_in": dict(self.killed_in)}

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, everything could be read and the end is the same."""
        return self.same_hash and not self.lost and not self.unreadable


def deliveries(folder: Path, count: int, seed: int) -> Iterator[tuple[str, Path]]:
    """Yield small files, each different: a venue, a few cells or a holiday."""
    draw = random.Random(seed)
    for number in range(count):
        dataset = DATASETS[number % len(DATASETS)]
        path = folder / f"{number:04d}.{dataset}.csv"
        lon, lat = 118.8 + draw.random() * 0.004, 32.05 + draw.random() * 0.004
        if dataset == "venue":
            text = f"venue_id,venue_name,venue_type_code,lon,lat\nk{number},场地{number},C10,{lon:.6f},{lat:.6f}\n"
        elif dataset == "population_cell":
            text = f"cell_id,lon,lat,resident_count\nk{number},{lon:.6f},{lat:.6f},{draw.randint(1, 90)}\n"
        else:
            day = f"{2000 + number // 300:04d}-{1 + number // 25 % 12:02d}-{1 + number % 25:02d}"
            text = f"date,kind,holiday_name\n{day},holiday,节日{number}\n"
        path.write_text(text, "utf-8")
        yield dataset, path


def work(dataset: str, path: Path, settings: Settings, tell: int = -1) -> None:
    """Deliver, build and publish, telling after each step that it is done."""

    def done(mark: bytes) -> None:
        if tell >= 0:
            os.write(tell, mark)

    receive(path, [dataset], DeliveryOptions(file_name=path.name), settings)
    done(DELIVERED)
    result = build(settings)
    done(BUILT)
    if result.is_new:
        publish(settings, result.build_id)
    done(PUBLISHED)


def killed_work(dataset: str, path: Path, settings: Settings, step_count: int, after_s: float) -> tuple[bytes, bool]:
    """Do the work in a child and kill it some seconds after it has finished so many steps.

    Returns
    -------
    steps : bytes
        Marks of the steps that it finished.
    was_killed : bool
        False when it was done before.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(dataset, path, settings, writing)
        except BaseException:  # noqa: BLE001 - a child must not return into the parent's code
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    steps = b"".join(os.read(reading, 1) for _ in range(step_count))
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as stream:
        steps += stream.read()
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"the work on {path.name} failed by itself")
    return steps, os.WIFSIGNALED(status)


def in_child(function: Callable[..., Any], *given: Any) -> Any:
    """Return what a function returns (plain JSON values), run in a child; stop when the child fails."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = json.dumps(function(*given)).encode()
            with os.fdopen(writing, "wb") as stream:
                stream.write(answer)
        except BaseException:  # noqa: BLE001 - a child must not return into the parent's code
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"{function.__name__} failed in a child")
    return json.loads(content)


def acknowledged(settings: Settings) -> dict[str, str]:
    """Return ``{batch id: SHA-256}`` of every delivery that the ledger has acknowledged."""
    return {batch.batch_id: batch.sha256 for batch in all_batches(writing_ledger(settings))}


def look(settings: Settings, known: dict[str, str], allowed: list[str]) -> dict[str, Any]:
    """Return what is wrong for readers, what acknowledged deliveries are lost, and those that are known now."""
    wrong = []
    try:
        snapshot = open_store(settings).current()
        counted = (
            snapshot.cursor("internal", EVERYTHING)
            .execute("select (select count(*) from core.venue) + (select count(*) from core.population_cell)")
            .fetchone()
        )
        rows = sum(snapshot.manifest["tables"][name]["rows"] for name in ("core.venue", "core.population_cell"))
        sizes = [array.size for step in snapshot.manifest["arrays"] for array in snapshot.arrays(step).values()]
        if counted != (rows,) or not sum(sizes) or snapshot.build_id not in allowed:
            wrong.append(f"{snapshot.build_id} holds {counted}, its manifest says {rows}; allowed {allowed}")
    except Exception as error:  # noqa: BLE001 - whatever a reader would have met is the finding
        wrong.append(f"{type(error).__name__}: {error}")
    now = acknowledged(settings)
    lost = [
        batch_id
        for batch_id, sha256 in known.items()
        if now.get(batch_id) != sha256 or file_sha256(landed_path(settings, sha256)) != sha256
    ]
    return {"wrong": wrong, "lost": lost, "acknowledged": now}


def begin(town: Path, settings: Settings, dataset: str, path: Path) -> list[float]:
    """Publish the town, then do one undisturbed round and return how long its three steps take, in seconds."""
    deliver_town(town, settings)
    publish(settings, build(settings).build_id)
    reading, writing = os.pipe()
    moments = [time.monotonic()]
    watch = threading.Thread(
        target=lambda: [moments.append(time.monotonic()) for _ in range(3) if os.read(reading, 1)], daemon=True
    )
    watch.start()
    work(dataset, path, settings, writing)
    watch.join(10)
    return [after - before for before, after in itertools.pairwise(moments)]


def send(dataset: str, path: Path, settings: Settings) -> str:
    """Deliver a file and return the state of the receipt."""
    return receive(path, [dataset], DeliveryOptions(file_name=path.name), settings)[0].state


def end(settings: Settings) -> str:
    """Finish what is unfinished, publish, and return the content hash."""
    result = build(settings)
    if result.is_new:
        publish(settings, result.build_id)
    return str(read_manifest(settings, str(current_build_id(settings)))["content_hash"])


def calm(town: Path, settings: Settings, used: list[tuple[str, str]]) -> str:
    """Deliver the same files without any disturbance and return the content hash."""
    deliver_town(town, settings)
    for dataset, path in used:
        send(dataset, Path(path), settings)
    return end(settings)


def ailments(settings: Settings) -> list[str]:
    """Sweep up, then return what the doctor still finds."""
    examine(settings, mend=True)
    return [f"doctor, {one.name}: {one.detail}" for one in examine(settings) if one.state != "ok"]


def storm(kills: int, seed: int, folder: Path) -> Toll:
    """Return what a storm of so many kills left behind in a folder."""
    discover()  # imports every step, so that children need not
    draw, toll = random.Random(seed), Toll()
    town, settings = write_town(folder / "town"), replace(load_settings({}), data_dir=folder / "stormy")
    (folder / "files").mkdir()
    queue = list(deliveries(folder / "files", 3 * kills + 10, seed))
    used = [queue.pop(0)]
    usual_s: list[float] = in_child(begin, town, settings, *used[0])
    known: dict[str, str] = in_child(acknowledged, settings)
    while toll.kills < kills and queue:
        used.append(queue.pop(0))
        before = current_build_id(settings)
        step = len(used) % len(usual_s)
        steps, was_killed = killed_work(*used[-1], settings, step, draw.uniform(0, 1.1 * usual_s[step]))
        toll.note(steps, was_killed=was_killed)
        found = in_child(look, settings, known, [str(before), str(current_build_id(settings))])
        place = f"round {len(used)} after {len(steps)} steps: "
        toll.lost += [place + batch_id for batch_id in found["lost"]]
        toll.unreadable += [place + wrong for wrong in found["wrong"]]
        is_known = len(found["acknowledged"]) > len(known)
        if steps and not is_known:
            toll.lost.append(f"{place} the sender was told, the ledger does not know")
        known = found["acknowledged"]
        # Nobody acknowledged it, so its sender sends it again; sometimes he does so anyway.
        if not is_known or draw.random() < 0.3:
            in_child(send, *used[-1], settings)
            known = in_child(acknowledged, settings)
    toll.acknowledged = len(known)
    listed = [(dataset, str(path)) for dataset, path in used]
    toll.same_hash = in_child(end, settings) == in_child(
        calm, town, replace(settings, data_dir=folder / "calm"), listed
    )
    toll.unreadable += in_child(ailments, settings)
    return toll


def main() -> int:
    """Run a storm in a folder that is removed afterwards."""
    kills, seed = (int(word) for word in (*sys.argv[1:], *("200", "1")[len(sys.argv) - 1 :]))
    folder = Path(tempfile.mkdtemp(prefix="kill-storm-"))
    try:
        toll = storm(kills, seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(toll.as_dict(), ensure_ascii=False, indent=1) + "\n")
    return 0 if toll.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
