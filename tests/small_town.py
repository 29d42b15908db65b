"""A town small enough to be checked by hand: 6 x 6 junctions 100 m apart, cells beside them, five venues."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from kernel.settings import Settings, load_settings
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.publish import publish
from warehouse.receive import receive

SIDE = 6
LON, LAT, STEP = 118.80, 32.05, 0.001


def write_town(folder: Path) -> Path:
    """Write street.geojson, population_cell.csv and venue.csv into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    features = [
        {
            "type": "Feature",
            "properties": {"street_id": f"s{i}_{j}_{right}", "kind": "street"},
            "geometry": {
                "type": "LineString",
                "coordinates": [
                    [LON + i * STEP, LAT + j * STEP],
                    [LON + (i + right) * STEP, LAT + (j + 1 - right) * STEP],
                ],
            },
        }
        for i in range(SIDE)
        for j in range(SIDE)
        for right in (0, 1)
        if i + right < SIDE and j + 1 - right < SIDE
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "street.geojson").write_text(json.dumps(collection), "utf-8")
    cells = [
        f"c{i}_{j},{LON + i * STEP + 0.0003:.6f},{LAT + j * STEP + 0.0002:.6f},{10 + i}"
        for i in range(SIDE)
        for j in range(SIDE)
    ]
    (folder / "population_cell.csv").write_text("\n".join(["cell_id,lon,lat,resident_count", *cells]) + "\n", "utf-8")
    venues = [
        f"v{k},{name},{code},{LON + k * STEP + 0.0001:.6f},{LAT + k * STEP:.6f},{fee}"
        for k, (name, code, fee) in enumerate(
            [
                ("足球场", "C10", "free"),
                ("篮球场", "C20", "paid"),
                ("健身路径", "E10", "free"),
                ("游泳馆", "B10", "paid"),
                ("步道", "E30", ""),
            ]
        )
    ]
    head = "venue_id,venue_name,venue_type_code,lon,lat,fee_policy"
    (folder / "venue.csv").write_text("\n".join([head, *venues]) + "\n", "utf-8")
    return folder


TOWN_FILES = {"street.geojson": "street", "population_cell.csv": "population_cell", "venue.csv": "venue"}


def deliver_town(folder: Path, settings: Settings) -> None:
    """Receive the three files of the town."""
    for name, dataset in TOWN_FILES.items():
        receive(folder / name, [dataset], DeliveryOptions(file_name=name), settings)


def publish_town(data_dir: Path) -> None:
    """Make a data folder in which the town is published."""
    settings = replace(load_settings({}), data_dir=data_dir)
    with tempfile.TemporaryDirectory() as files:
        deliver_town(write_town(Path(files)), settings)
    publish(settings, build(settings).build_id)


def copied_town(published: Path, data_dir: Path) -> Settings:
    """Return the settings of a data folder of one's own in which the town is published."""
    shutil.copytree(published, data_dir)
    return replace(load_settings({}), data_dir=data_dir)
