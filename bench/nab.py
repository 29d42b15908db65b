"""Scores of streaming detectors by the standard profile of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015).

Every reading at or above the threshold is a detection. The first in a labelled window earns up to 1, the earlier the
more; others in the window nothing; outside, each costs up to 0.11, less right after a window; a window without one
costs 1. The first 15 % of a file (at most 750 readings) are for learning. The raw score is put between that of a
detector that never speaks (0) and of a perfect one (100). One threshold serves all files.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.flags.streaming import alarms, ewma_z

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "real" / "flow_nab"
TRUE, FALSE, MISSED = 1.0, 0.11, 1.0
LEARNING, LONGEST_LEARNING = 0.15, 750
STEEP = 5.0
# The curve passes 0 at the right end of a window and is this much at its left end.
_BEST = 2 / (1 + np.exp(-STEEP)) - 1


@dataclass(frozen=True, slots=True)
class Stream:
    """One file: readings, readings a day, and labelled windows as first and last index."""

    name: str
    values: np.ndarray
    per_day: float
    windows: list[tuple[int, int]]

    @property
    def probation(self) -> int:
        """Return how many readings are for learning."""
        return min(int(LEARNING * len(self.values)), LONGEST_LEARNING)


def read(folder: Path) -> list[Stream]:
    """Return the streams of a folder with ``data/*/*.csv`` and ``labels/combined_windows.json``."""
    labels = json.loads((folder / "labels" / "combined_windows.json").read_text("utf-8"))
    streams = []
    for path in sorted((folder / "data").glob("*/*.csv")):
        with path.open(encoding="utf-8") as file:
            stamps, readings = zip(*list(csv.reader(file))[1:], strict=True)
        times = np.asarray(stamps, dtype="datetime64[s]")
        edges = np.asarray(labels[f"{path.parent.name}/{path.name}"], dtype="datetime64[s]").reshape(-1, 2)
        windows = [(int(first), int(last)) for first, last in np.searchsorted(times, edges)]
        values = np.asarray(readings, dtype=np.float64)
        step = float(np.median(np.diff(times).astype(float)))
        streams.append(Stream(path.stem, values, 86_400 / max(step, 1.0), windows))
    return streams


def _curve(position: np.ndarray | float) -> np.ndarray:
    """Return what a detection earns at a position: -1 is the left end of a window, 0 its right end, beyond it above."""
    earned = 2 / (1 + np.exp(STEEP * np.asarray(position, dtype=np.float64))) - 1
    return np.where(np.asarray(position) > 3.0, -1.0, earned)


def score_rows(stream: Stream) -> tuple[np.ndarray, np.ndarray]:
    """Return what a detection at each reading is worth, and the window of each reading (-1 outside)."""
    count = len(stream.values)
    window = np.full(count, -1)
    worth = np.full(count, -FALSE)
    for number, (first, last) in enumerate(stream.windows):
        width = last - first + 1
        rows = np.arange(first, count)
        inside, after = rows[:width], rows[width:]
        window[inside] = number
        worth[inside] = TRUE * _curve(-(last - inside + 1) / width) / _BEST
        # A false detection belongs to the window that ended last: a later window writes over this.
        worth[after] = FALSE * _curve((after - last) / max(width - 1, 1))
    return worth, window


def raw_score(stream: Stream, scores: np.ndarray, threshold: float) -> float:
    """Return the raw score of a stream at a threshold."""
    worth, window = score_rows(stream)
    detected = (np.asarray(scores) >= threshold) & (np.arange(len(scores)) >= stream.probation)
    total = float(worth[detected & (window < 0)].sum())
    for number, (_, last) in enumerate(stream.windows):
        if last < stream.probation:
            continue
        hits = np.flatnonzero(detected & (window == number))
        total += float(worth[hits[0]]) if len(hits) else -MISSED
    return total


def normalised(total: float, windows: int) -> float:
    """Return a sum of raw scores between that of silence (0) and of a perfect detector (100) of so many windows."""
    return 100 * (total + MISSED * windows) / ((TRUE + MISSED) * windows)


def nab_score(streams: list[Stream], scores: list[np.ndarray], threshold: float) -> float:
    """Return the score between 0 (never speaks) and 100 (perfect)."""
    windows = sum(last >= stream.probation for stream in streams for _, last in stream.windows)
    total = sum(raw_score(stream, own, threshold) for stream, own in zip(streams, scores, strict=True))
    return normalised(total, windows)


def best(streams: list[Stream], scores: list[np.ndarray]) -> tuple[float, float]:
    """Return the best score over one threshold for all, and that threshold."""
    every = np.unique(np.concatenate(scores))[::-1]
    # The largest scores one by one, the many small ones further and further apart.
    tried = every[np.unique(np.geomspace(1, len(every), 80).astype(int)) - 1]
    found = [(nab_score(streams, scores, float(limit)), float(limit)) for limit in tried]
    return max(found)


def slot_z(stream: Stream) -> np.ndarray:
    """Return how far each reading is off the median of the same time of day before, in robust scatters."""
    slots = max(round(stream.per_day), 1)
    scores = np.zeros(len(stream.values))
    for slot in range(slots):
        own = stream.values[slot::slots]
        for at in range(4, len(own)):
            middle = np.median(own[:at])
            scatter = 1.4826 * np.median(np.abs(own[:at] - middle))
            scores[slot + at * slots] = abs(own[at] - middle) / max(scatter, 1e-3 * max(abs(middle), 1e-9))
    return scores


def cusum(stream: Stream) -> np.ndarray:
    """Return the larger of two sums of standard deviations off the mean of the learning part, less half of one each."""
    learnt = stream.values[: max(stream.probation, 2)]
    scatter = max(float(learnt.std()), 1e-9)
    scores, up, down = np.zeros(len(stream.values)), 0.0, 0.0
    for at, value in enumerate((stream.values - learnt.mean()) / scatter):
        up, down = max(0.0, up + value - 0.5), max(0.0, down - value - 0.5)
        scores[at] = max(up, down)
    return scores


def isolation_forest(stream: Stream) -> np.ndarray:
    """Return how soon random cuts isolate each reading with its last change and its mean of an hour."""
    from sklearn.ensemble import IsolationForest

    change = np.diff(stream.values, prepend=stream.values[0])
    features = np.stack([stream.values, change, np.convolve(stream.values, np.ones(12) / 12)[: len(change)]], axis=1)
    forest = IsolationForest(random_state=0).fit(features[: max(stream.probation, 10)])
    return np.asarray(-forest.score_samples(features))


def ours(stream: Stream) -> np.ndarray:
    """Return our scores."""
    return alarms(stream.values, stream.per_day)


def plain(stream: Stream) -> np.ndarray:
    """Return our scores without the quiet after an alarm."""
    return ewma_z(stream.values, stream.per_day)


DETECTORS = {
    "EWMA z, new maxima (ours)": ours,
    "EWMA z, plain": plain,
    "slot robust z": slot_z,
    "CUSUM": cusum,
    "IsolationForest": isolation_forest,
}


def table(folder: Path) -> dict[str, dict[str, float]]:
    """Return the best score and threshold of every detector."""
    streams = read(folder)
    found = {}
    for name, detector in DETECTORS.items():
        scores = [detector(stream) for stream in streams]
        score, threshold = best(streams, scores)
        found[name] = {"score": score, "threshold": threshold, "streams": len(streams)}
    return found


def show(found: dict[str, dict[str, float]]) -> None:
    """Print the scores."""
    print(f"\nNAB standard profile, {next(iter(found.values()))['streams']} streams, one threshold")
    for name, row in found.items():
        print(f"{name:26} {row['score']:6.1f}   at {row['threshold']:.3f}")
