"""Deliveries of others, read as they were published."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import polars as pl
import pytest
import shapely

from geodata.osm_tags import street_of
from kernel.errors import DataRejected
from warehouse.delivery import CheckContext, Checked, DeliveryOptions
from warehouse.delivery_sheet import read_sheet
from warehouse.ingest import check_delivery

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "real"
pytestmark = [pytest.mark.real, pytest.mark.skipif(not REAL.is_dir(), reason=f"the real data are not at {REAL}")]

CITIES = ("porto_alegre", "heidelberg")


@pytest.fixture(scope="module")
def cities() -> dict[str, dict[str, Checked]]:
    """Every dataset of the two delivery sheets."""
    return {
        city: {
            dataset: check_delivery(dataset, file.path, file.options, CheckContext())
            for file in read_sheet(ROOT / "deliveries" / f"{city}.toml")
            for dataset in file.datasets
        }
        for city in CITIES
    }


def pbf(city: str) -> str:
    return str(next((REAL / f"network_{city.replace('_', '')}").glob("*.pbf")))


def test_the_delivery_sheets_are_accepted_whole(cities: dict[str, dict[str, Checked]]) -> None:
    for city, datasets in cities.items():
        for dataset, checked in datasets.items():
            assert checked.refused_count == checked.duplicate_count == 0, (city, dataset)
            assert checked.accepted_count == checked.delivered_count > 0, (city, dataset)


@pytest.mark.parametrize("city", CITIES)
def test_street_pieces_are_the_ways_vertex_by_vertex(cities: dict[str, dict[str, Checked]], city: str) -> None:
    """A second reading, way by way in plain Python, gives the same distances between the same junctions."""
    edges: Counter[tuple[int, int]] = Counter()
    use: Counter[int] = Counter()
    left_out: Counter[str] = Counter()
    for way in osmium.FileProcessor(pbf(city), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if not isinstance(way, osmium.osm.Way):
            continue
        street, reason = street_of(dict(way.tags))
        if street is None:
            left_out[reason] += reason != "no street"
            continue
        refs = [node.ref for node in way.nodes if node.location.valid()]
        refs = [ref for place, ref in enumerate(refs) if place == 0 or refs[place - 1] != ref]
        edges.update(tuple(sorted(pair)) for pair in pairwise(refs))
        use.update(refs)
    streets = cities[city]["street"]
    assert dict(+left_out) == streets.left_out

    frame = streets.frame
    segments = sum(len(shape.coords) - 1 for shape in shapely.from_wkb(frame["geometry"].to_numpy()))
    assert segments == sum(edges.values())
    ends = Counter(frame["from_node_id"].to_list() + frame["to_node_id"].to_list())
    # Every node that ways share is an end of every piece that touches it.
    inner = {ref for ref, count in use.items() if count > 1} - {int(ref) for ref in ends}
    assert not inner
    whole, pieces = nx.Graph(list(edges)), nx.Graph()
    pieces.add_edges_from(zip(frame["from_node_id"], frame["to_node_id"], strict=True))
    assert nx.number_connected_components(pieces) == nx.number_connected_components(whole)


def test_street_pieces_have_the_length_of_the_ways(cities: dict[str, dict[str, Checked]]) -> None:
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    shapes = shapely.from_wkb(cities["porto_alegre"]["street"].frame["geometry"].to_numpy())
    pieces = sum(geod.geometry_length(shape) for shape in shapes)
    ways = 0.0
    for way in osmium.FileProcessor(pbf("porto_alegre"), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if isinstance(way, osmium.osm.Way) and street_of(dict(way.tags))[0] is not None:
            lon, lat = [node.lon for node in way.nodes], [node.lat for node in way.nodes]
            ways += geod.line_length(lon, lat)
    assert pieces == pytest.approx(ways, rel=1e-9)


def test_the_venues_of_heidelberg(cities: dict[str, dict[str, Checked]]) -> None:
    """The extract has 378 pitches, 17 sports centres and 52 pools; those that are private are left out."""
    tagged: Counter[str] = Counter()
    public: dict[str, set[str]] = {"pitch": set(), "sports_centre": set(), "swimming_pool": set()}
    for way in osmium.FileProcessor(pbf("heidelberg"), osmium.osm.WAY):
        kind = way.tags.get("leisure", "")
        tagged[kind] += 1
        if kind in public and way.tags.get("access") not in ("private", "no"):
            public[kind].add(f"osm-w{way.id}")
    assert (tagged["pitch"], tagged["sports_centre"], tagged["swimming_pool"]) == (378, 17, 52)
    venues = cities["heidelberg"]["venue"]
    found = set(venues.frame["venue_id"])
    # The one missing is a field for model aircraft.
    assert (public["pitch"] | public["sports_centre"]) - found == {"osm-w161839166"}
    # Small nameless pools without any tag of access stand in gardens.
    assert len(public["swimming_pool"] - found) == venues.left_out.get("garden pool", 0)
    assert venues.left_out["access=private"] >= sum(tagged[kind] - len(public[kind]) for kind in public)
    tennis = venues.frame.filter(pl.col("venue_name") == "Pitch: tennis")
    assert set(tennis["venue_type_code"]) == {"C90"}
    lon, lat = venues.frame["lon"], venues.frame["lat"]
    assert lon.is_between(8.5, 8.9).all()
    assert lat.is_between(49.2, 49.6).all()


def test_the_hexagons_of_porto_alegre(cities: dict[str, dict[str, Checked]]) -> None:
    cells = cities["porto_alegre"]["population_cell"].frame
    plain = (REAL / "network_portoalegre" / "poa_hexgrid.csv").read_text().splitlines()[1:]
    assert cells["resident_count"].sum() == sum(float(line.split(",")[3]) for line in plain)
    assert cells.height == len(plain) == 1227


@pytest.fixture(scope="module")
def boundaries() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (REAL / "boundaries").glob("jiangsu_district_amap2020.*"):
            archive.write(path, path.name)
    return stream.getvalue()


def as_region(data: bytes, folder: Path, context: CheckContext, crs: str | None) -> Checked:
    (folder / "x").write_bytes(data)
    options = DeliveryOptions("jiangsu.zip", crs=crs, fill={"level": "county"})
    return check_delivery("region", folder / "x", options, context)


def test_the_counties_of_jiangsu_need_their_system_named(tmp_path: Path, boundaries: bytes) -> None:
    with pytest.raises(DataRejected, match="CRS_MISSING"):
        as_region(boundaries, tmp_path, CheckContext(), None)
    checked = as_region(boundaries, tmp_path, CheckContext(), "GCJ-02")
    assert checked.accepted_count + checked.refused_count == 97
    assert checked.accepted_count >= 95
    shapes = shapely.from_wkb(checked.frame["geometry"].to_numpy())
    assert shapely.is_valid(shapes).all()
    known = dict(zip(checked.frame["region_code"], shapes, strict=True))
    again = CheckContext(region_shapes=known)
    assert as_region(boundaries, tmp_path, again, "GCJ-02").accepted_count == checked.accepted_count
    with pytest.raises(DataRejected, match="GCJ-02"):
        as_region(boundaries, tmp_path, again, "CGCS2000")


def test_the_outlines_of_the_cities_fit_the_counties_only_after_conversion(tmp_path: Path, boundaries: bytes) -> None:
    path = REAL / "population" / "jiangsu_city_census_2010_2020_wgs84.geojson"
    options = DeliveryOptions(
        path.name, rename={"region_code": "city_code", "region_name": "city", "parent_code": "province_code"},
        fill={"level": "city"},
    )  # fmt: skip
    cities = check_delivery("region", path, options, CheckContext())
    assert cities.accepted_count == 13
    assert cities.frame["parent_code"].unique().to_list() == ["320000"]

    def overlap(crs: str) -> float:
        counties = as_region(boundaries, tmp_path, CheckContext(), crs).frame
        mine = counties.filter(pl.col("region_code").str.starts_with("3205"))
        city = cities.frame.filter(pl.col("region_code") == "320500")["geometry"][0]
        joined = shapely.union_all(shapely.make_valid(shapely.from_wkb(mine["geometry"].to_numpy())))
        city = shapely.make_valid(shapely.from_wkb(city))
        return float(shapely.intersection(joined, city).area / shapely.union(joined, city).area)

    assert overlap("GCJ-02") > overlap("WGS-84")


def test_residential_compounds_of_suzhou_are_in_bd09(tmp_path: Path) -> None:
    path = REAL / "poi" / "suzhou_xiaoqu" / "suzhou_community_bd09.csv"
    suzhou = shapely.box(119.9, 30.7, 121.5, 32.1)
    options = DeliveryOptions(
        path.name, crs="BD-09", rename={"venue_id": "name", "venue_name": "name"}, fill={"venue_type_code": "F90"}
    )
    checked = check_delivery("venue", path, options, CheckContext(region_outline=suzhou))
    assert checked.delivered_count == 2837
    assert checked.accepted_count + checked.refused_count + checked.duplicate_count == 2837
    assert checked.accepted_count > 2600
    assert "OUTSIDE" in {finding.rule for finding in checked.findings}
    delivered = pl.read_csv(path).select("name", "lng", "lat")
    moved = checked.frame.join(delivered, left_on="venue_name", right_on="name", how="inner", suffix="_sent")
    metres = np.hypot((moved["lng"] - moved["lon"]) * 95_000, (moved["lat_sent"] - moved["lat"]) * 111_000)
    assert 500 < float(metres.median()) < 1500
