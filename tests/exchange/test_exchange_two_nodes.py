"""Two nodes as real processes: a city packs and sends, the province takes in and builds, whatever happens between."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.settings import Settings, load_settings
from tests.exchange.two_nodes import CITY, COUNTY, PROVINCE, ROOT, Line, environment, serving
from tests.small_town import LAT, LON
from warehouse.batches import all_batches
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.exchange import client, folder, keys, outbox, records
from warehouse.exchange.inbox import exchange_ledger
from warehouse.manifest import current_build_id, read_manifest
from warehouse.receive import receive

WAIT_S = 60.0


def node(folder: Path, code: str) -> Settings:
    return replace(load_settings({"SPORTSMAP_NODE": code}), data_dir=folder)


def until(found: Callable[[], object]) -> object:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def deliver(settings: Settings, folder: Path, name: str, text: str) -> None:
    path = folder / f"{name}.csv"
    path.write_text(text, "utf-8")
    options = DeliveryOptions(file_name=path.name, fill={"region_code": COUNTY})
    assert receive(path, [name], options, settings)[0].state == "accepted"


def many_venues() -> str:
    draw = random.Random(4)
    lines = ["venue_id,venue_name,venue_type_code,lon,lat,fee_policy"]
    for number in range(150):
        place = f"{LON + draw.random() / 100:.6f},{LAT + draw.random() / 100:.6f}"
        lines.append(f"v{number},场地{draw.getrandbits(64):x},C20,{place},free")
    return "\n".join(lines) + "\n"


def content_hash(settings: Settings) -> str:
    return str(read_manifest(settings, str(current_build_id(settings)))["content_hash"])


def batches(settings: Settings) -> list[tuple[str, str]]:
    return [(batch.batch_id, batch.state) for batch in all_batches(exchange_ledger(settings))]


def send(env: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "warehouse", "exchange", "send", "--json"]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE)


@pytest.mark.fault
def test_a_city_and_the_province_exchange_packages(tmp_path: Path) -> None:
    city, province, other = (
        node(tmp_path / name, code) for name, code in (("city", CITY), ("province", PROVINCE), ("other", PROVINCE))
    )
    ours, theirs = exchange_ledger(city), exchange_ledger(province)
    key, answering = keys.make_key(city, ours), keys.make_key(province, theirs)
    keys.trust(theirs, key.line)
    keys.trust(ours, answering.line)
    keys.trust(exchange_ledger(other), key.line)
    with serving(environment(province.data_dir, PROVINCE), tmp_path / "province.log") as port:
        line = Line(port)
        address = f"http://127.0.0.1:{line.port}"
        env = environment(city.data_dir, CITY, SPORTSMAP_EXCHANGE_URL=address)
        deliver(city, tmp_path, "venue", many_venues())
        line.wait_for_far_end()

        # The sender is killed in the middle of a transfer.
        sender = send(env)
        line.on_cut = lambda: os.kill(sender.pid, signal.SIGKILL)
        line.cut_after = 4
        sender.communicate(timeout=WAIT_S)
        assert sender.returncode == -signal.SIGKILL
        assert line.offsets == [0, 1024, 2048, 3072]
        package = outbox.waiting(ours)[0]
        assert (package.state, batches(province)) == ("sending", [])

        # It goes on where it stopped; but one byte was changed meanwhile: refused, and nothing is taken in.
        line.offsets.clear()
        path = outbox.out_path(city, package.package_id)
        good = path.read_bytes()
        path.write_bytes(good[:-700] + bytes([good[-700] ^ 1]) + good[-699:])
        sender = send(env)
        answer = json.loads(sender.communicate(timeout=WAIT_S)[0])["packages"]
        assert sender.returncode == 3
        assert [(one["state"], one["why"]) for one in answer] == [("refused", "files")]
        assert line.offsets[0] == 3072
        assert (batches(province), current_build_id(province)) == ([], None)
        attempt = records.attempts(theirs, newest=1)[0]
        assert (attempt.claimed_node, attempt.claimed_package) == (CITY, package.package_id)

        # Mended, it is taken in and built by itself.
        path.write_bytes(good)
        outbox.send_again(city, ours, package.package_id)
        sending = replace(city, exchange_url=address)
        assert [one.state for one in client.send_all(sending, ours)] == ["acknowledged"]
        build_id = until(lambda: current_build_id(province))
        assert read_manifest(province, str(build_id))["datasets"]["venue"]["row_count"] == 150

        # Sent once more, it changes nothing.
        stood = batches(province)
        records.change(ours, package, state="packed", receipt=None)
        assert [one.state for one in client.send_all(sending, ours)] == ["acknowledged"]
        assert (batches(province), current_build_id(province)) == (stood, build_id)
        line.close()

    # The same package by file drop gives the same content; a copy that is not whole yet is left alone.
    drop = tmp_path / "drop"
    drop.mkdir()
    shutil.copy(path, drop)
    (drop / "half.package.zip").write_bytes(good[: len(good) // 2])
    dropped = folder.take_from(drop, other)
    assert sorted(one.taken.package.state if one.taken else "incomplete" for one in dropped) == [
        "accepted",
        "incomplete",
    ]
    assert build(other).content_hash == content_hash(province)
    records.change(ours, package, state="sent", receipt=None)
    # Its receipt is the other province's, whose key this city does not know.
    assert folder.read_receipts(drop, city, ours) == []
