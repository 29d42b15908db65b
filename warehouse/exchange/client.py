"""The sending end of a transfer: a package in parts to the province's node, continued where it stopped."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.settings import Settings
from warehouse.durable import exclusive, file_sha256
from warehouse.exchange import keys, outbox, records
from warehouse.exchange.records import Package
from warehouse.exchange.requests import sign_request

LOG = logging.getLogger(__name__)
LOCK = "exchange-send.lock"
ROUTE = "/api/exchange/packages"
# The province checks the rows before it answers the last request.
ANSWER_LIMIT_S = 600.0
# How often a transfer is begun anew when it arrives damaged.
MOST_TRIES = 3
_LARGEST_ANSWER = 4 << 20
# Told (package, bytes sent so far) before every part.
Told = Callable[[Package, int], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the province's node answered: status and JSON."""

    status: int
    value: dict[str, Any]


class Province:
    """The province's node as a city's node reaches it: directly, without proxies and without following redirections.

    Parameters
    ----------
    settings : Settings
        Of the city's node; ``exchange_url`` is the address. HTTPS trusts the certificates that the machine trusts.
    key : NodeKey
        Signs every request.
    """

    def __init__(self, settings: Settings, key: keys.NodeKey) -> None:
        self._settings, self._key = settings, key
        parts = urlsplit(settings.exchange_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_LIMIT_S)
        self._prefix = parts.path.rstrip("/")

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Return the answer to a signed request.

        Raises
        ------
        WordedError
            When the node cannot be reached, or answers something else than JSON.
        """
        signed = sign_request(self._settings, self._key, method, path, body, to_node=outbox.province_of(self._settings))
        headers = {**signed, "Content-Type": "application/octet-stream", "Accept": "application/json"}
        try:
            self._connection.request(method, self._prefix + path, body=body, headers=headers)
            response = self._connection.getresponse()
            text = response.read(_LARGEST_ANSWER)
            value = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._connection.close()
            LOG.warning("the province's node cannot be reached: %s", error)
            raise WordedError("exchange.unreachable", address=self._settings.exchange_url) from error
        return Answer(response.status, value if isinstance(value, dict) else {})

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def send_all(settings: Settings, engine: Engine, *, told: Told = lambda _package, _sent: None) -> list[Package]:
    """Send every package that waits, in order, and return them as they stand then.

    Parameters
    ----------
    settings : Settings
        Names the province's address.
    engine : Engine
        The ledger.
    told : callable
        Told before every part; the send can be stopped from there and is continued the next time.

    Raises
    ------
    WordedError
        When there is no address or no key, the province cannot be reached or does not trust this node.
    """
    if not settings.exchange_url:
        raise WordedError("exchange.no_address")
    with ExitStack() as stack:
        # A second sender (the timer, the command line) waits for its turn.
        stack.enter_context(exclusive(settings.data_dir / LOCK))
        province = Province(settings, keys.own_key(settings, engine))
        stack.callback(province.close)
        sent = []
        for package in outbox.waiting(engine):
            current = records.find(engine, records.OUT, package.package_id)
            # One that was refused may have withdrawn those behind it.
            if current is not None and current.state in records.UNANSWERED:
                sent.append(_send(settings, engine, province, current, told))
        return sent


def _send(settings: Settings, engine: Engine, province: Province, package: Package, told: Told) -> Package:
    path = f"{ROUTE}/{package.package_id}"
    answer = _expect(province.ask("GET", path), 200)
    for _ in range(MOST_TRIES):
        if answer.value.get("receipt"):
            return outbox.note_answer(settings, engine, package, str(answer.value["receipt"]))
        package = records.change(engine, package, state="sending", channel="http")
        digest = _send_parts(settings, province, package, int(answer.value["received_bytes"]), told)
        package = records.change(engine, package, state="sent", sent_at=as_stored(now()))
        answer = _expect(province.ask("POST", f"{path}?sha256={digest}"), 200, 409, 422)
        if answer.status == 422:
            return outbox.note_refusal(settings, engine, package, list(answer.value.get("verdicts", [])))
        if answer.status == 409:
            answer = Answer(200, {"received_bytes": 0})
    if answer.value.get("receipt"):
        return outbox.note_answer(settings, engine, package, str(answer.value["receipt"]))
    raise WordedError("exchange.damaged_on_the_way", package=package.package_id[:12])


def _send_parts(settings: Settings, province: Province, package: Package, present: int, told: Told) -> str:
    """Send what the province lacks and return the SHA-256 of the whole file."""
    path = outbox.out_path(settings, package.package_id)
    size = path.stat().st_size
    with path.open("rb") as stream:
        while present < size:
            told(package, present)
            stream.seek(present)
            part = stream.read(settings.exchange_part_kb << 10)
            answer = province.ask("PUT", f"{ROUTE}/{package.package_id}?offset={present}", part)
            # 409: the province has another number of bytes than this node believes, and says how many.
            present = int(_expect(answer, 200, 409).value["received_bytes"])
    return file_sha256(path)


def _expect(answer: Answer, *statuses: int) -> Answer:
    if answer.status == 401:
        raise WordedError("exchange.not_trusted", said=str(answer.value.get("message", ""))[:200])
    if answer.status not in statuses:
        raise WordedError(
            "exchange.province_said", status=answer.status, said=str(answer.value.get("message", ""))[:200]
        )
    return answer
