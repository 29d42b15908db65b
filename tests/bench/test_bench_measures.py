"""The bench of measures: what it measures is what it says, on a country small enough for a test."""

import numpy as np

from bench import access_peer, measures
from bench.networks import generate
from bench.parts import places


def test_every_measure_with_a_bar_is_measured() -> None:
    network, _ = generate(500)
    rng = np.random.default_rng(1)
    cells, doors = places(network, 300, rng), places(network, 40, rng)
    place = measures.Province(
        "small",
        network,
        cells,
        doors,
        np.arange(40, dtype=np.int32),
        40,
        rng.random(40) < 0.5,
        rng.random(40),
        rng.random((300, 7)).astype(np.float32),
        (np.arange(300) % measures.COUNTIES).astype(np.int16),
    )
    seconds = measures.measure(place, runs=1)
    assert seconds.keys() >= measures.BARS.keys()
    assert all(wall > 0 for wall, _ in seconds.values())


def test_the_peers_examples_are_those_that_it_describes() -> None:
    case = access_peer.hospital(access_peer.HOSPITAL_MINUTES[1])
    assert [0, 2, 20.0] in case["pairs"]
    assert [2, 0, 40.0] in case["pairs"]
    grid = access_peer.grid()
    assert (len(grid["demand"]), len(grid["pairs"])) == (25, 225)
    assert all(1 <= value <= 200 for value in grid["demand"])
