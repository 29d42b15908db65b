"""Unusual access: what an account did against its own history and that of its role, each finding with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal

Kind = Literal["many_exports", "many_rows", "many_refusals", "after_hours", "burst", "id_walk", "first_use"]

# Robust standard deviations above the usual day, and the least that is worth a question on any day.
LIMIT = 6.0
LEAST = {"many_exports": 10.0, "many_rows": 50_000.0, "many_refusals": 5.0, "after_hours": 10.0}
# Days of one's own history before it is the measure; before that the role's days are.
OWN_DAYS = 10
_NORMAL = 1.4826
# An office day in Shanghai.
_OPENS, _CLOSES = 7, 20
BURST_COUNT, BURST_SPAN = 30, timedelta(minutes=5)
# Numbers of one thing after another, each the next one.
WALK_STEPS = 12
# Days of history after which a first use is worth a line.
SETTLED = timedelta(days=14)
EXPORT = "export.make"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail.

    Attributes
    ----------
    account, role : str
        Who; the role may be empty for names without an account.
    at : datetime
        When, in the time of the place (Shanghai).
    action : str
        What, e.g. ``export.make``.
    result : str
        ``done`` or ``refused``.
    target : str
        To what, as far as it tells things apart: an address without its numbers.
    number : int or None
        The number that the address asks for, where it asks for one thing by number.
    row_count : int
        Rows taken out, 0 where none were.
    """

    account: str
    role: str
    at: datetime
    action: str
    result: str = "done"
    target: str = ""
    number: int | None = None
    row_count: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should ask about.

    Attributes
    ----------
    kind : str
        Of :data:`Kind`.
    account : str
        Who.
    day : date
        When.
    value : float
        What was counted on that day.
    usual : float
        What is usual: median of the account's own days, or of its role's.
    against : {"own", "role", "none"}
        Whose days it was compared with.
    detail : str
        Action or target, for the sentence.
    """

    kind: Kind
    account: str
    day: date
    value: float
    usual: float
    against: Literal["own", "role", "none"]
    detail: str = ""


def unusual(events: Iterable[Event], since: date) -> list[Finding]:
    """Return what is unusual on the days from ``since`` on, the newest first.

    Parameters
    ----------
    events : iterable of Event
        Of all accounts, in any order; what lies before ``since`` is history.
    since : date
        First day that is judged.
    """
    ordered = sorted(events, key=lambda one: (one.at, one.account, one.action, one.target, one.number or 0, one.result))
    by_account: dict[str, list[Event]] = defaultdict(list)
    for event in ordered:
        by_account[event.account].append(event)
    daily = {account: _daily(own) for account, own in by_account.items()}
    roles = {account: next((e.role for e in reversed(own) if e.role), "") for account, own in by_account.items()}
    found: list[Finding] = []
    for account, own in by_account.items():
        peers = [daily[other] for other, role in roles.items() if other != account and role and role == roles[account]]
        found += _against_history(account, daily[account], peers, since)
        recent = [event for event in own if event.at.date() >= since]
        found += [*_bursts(account, recent), *_walks(account, recent), *_first_uses(account, own, since)]
    return sorted(found, key=lambda item: (-item.day.toordinal(), item.account, item.kind, item.detail))


def is_after_hours(at: datetime) -> bool:
    """Return whether an instant lies outside of 07:00 to 20:00 from Monday to Friday."""
    return at.weekday() >= 5 or not _OPENS <= at.hour < _CLOSES


def _daily(events: Sequence[Event]) -> dict[date, dict[str, float]]:
    """Return the four measures of each day on which the account did anything."""
    days: dict[date, dict[str, float]] = defaultdict(lambda: dict.fromkeys(LEAST, 0.0))
    for event in events:
        day = days[event.at.date()]
        day["many_exports"] += event.action == EXPORT
        day["many_rows"] += event.row_count
        day["many_refusals"] += event.result == REFUSED
        day["after_hours"] += is_after_hours(event.at)
    return dict(days)


def _against_history(
    account: str,
    own: Mapping[date, Mapping[str, float]],
    peers: Sequence[Mapping[date, Mapping[str, float]]],
    since: date,
) -> list[Finding]:
    found = []
    for day, measures in own.items():
        if day < since:
            continue
        for kind, value in measures.items():
            past = [other[kind] for when, other in own.items() if when < day]
            against: Literal["own", "role", "none"] = "own"
            if len(past) < OWN_DAYS:
                past = [other[kind] for peer in peers for when, other in peer.items() if when < day]
                against = "role"
            if len(past) < OWN_DAYS:
                past, against = [], "none"
            usual = median(past) if past else 0.0
            scatter = _NORMAL * median(abs(one - usual) for one in past) if past else 0.0
            # A scatter of nothing would make every second export a surprise.
            if value >= LEAST[kind] and value > usual + LIMIT * max(scatter, usual / 4, LEAST[kind] / 10):
                found.append(Finding(kind, account, day, value, usual, against))  # type: ignore[arg-type]
    return found


def _bursts(account: str, events: Sequence[Event]) -> list[Finding]:
    """Return at most one burst a day: the most lines within five minutes."""
    most: dict[date, int] = {}
    first = 0
    for last, event in enumerate(events):
        while event.at - events[first].at > BURST_SPAN:
            first += 1
        count = last - first + 1
        most[event.at.date()] = max(most.get(event.at.date(), 0), count)
    return [
        Finding("burst", account, day, float(count), 0.0, "none") for day, count in most.items() if count >= BURST_COUNT
    ]


def _walks(account: str, events: Sequence[Event]) -> list[Finding]:
    """Return the longest run of one number after another for each target and day."""
    longest: dict[tuple[date, str], int] = {}
    state: dict[tuple[date, str], tuple[int, int, int]] = {}
    for event in events:
        if event.number is None:
            continue
        place = event.at.date(), event.target
        before, run, direction = state.get(place, (event.number, 1, 0))
        step = event.number - before
        if step == 0:
            longer, way = run, direction
        elif abs(step) == 1:
            longer, way = (run + 1 if direction in (0, step) else 2), step
        else:
            longer, way = 1, 0
        state[place] = event.number, longer, way
        longest[place] = max(longest.get(place, 0), longer)
    return [
        Finding("id_walk", account, day, float(run), 0.0, "none", target)
        for (day, target), run in longest.items()
        if run >= WALK_STEPS
    ]


def _first_uses(account: str, events: Sequence[Event], since: date) -> list[Finding]:
    if not events:
        return []
    began, seen, found = events[0].at, set(), []
    for event in events:
        is_new = event.action not in seen and event.result != REFUSED
        if is_new and event.at.date() >= since and event.at - began >= SETTLED:
            found.append(Finding("first_use", account, event.at.date(), 1.0, 0.0, "own", event.action))
        if event.result != REFUSED:
            seen.add(event.action)
    return found
