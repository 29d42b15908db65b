"""Zipped shapefiles, GeoPackage and Parquet: the same rows by every road."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas as gpd
import polars as pl
import pytest
import shapely
from tests_delivery import check, refused, rules

from geodata.crs import wgs84_to_gcj02

NAMES = ["玄武区", "秦淮区"]


@pytest.fixture
def regions() -> gpd.GeoDataFrame:
    boxes = [shapely.box(118.7, 32.0, 118.9, 32.1), shapely.box(118.7, 31.9, 118.9, 32.0)]
    columns = {"adcode": ["320102", "320104"], "name": NAMES, "level": ["county", "county"]}
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=4490)


def shapefile(frame: gpd.GeoDataFrame, folder: Path, *, encoding: str = "utf-8") -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    frame.to_file(folder / "x.shp", encoding=encoding)
    return {path.name: path.read_bytes() for path in folder.glob("x.*")}


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def packed(frame: gpd.GeoDataFrame, folder: Path, ending: str) -> bytes:
    path = folder / f"written{ending}"
    if ending == ".gpkg":
        frame.to_file(path, layer="regions")
    else:
        frame.to_parquet(path)
    return path.read_bytes()


def test_every_map_format_gives_the_same_rows(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    deliveries = {
        "a.zip": zipped(shapefile(regions, tmp_path / "s")),
        "a.gpkg": packed(regions, tmp_path, ".gpkg"),
        "a.parquet": packed(regions, tmp_path, ".parquet"),
        "a.csv": "adcode,name,level,WKT\n"
        + "".join(
            f'{r.adcode},{r.name_},{r.level},"{r.geometry.wkt}"\n'
            for r in regions.rename(columns={"name": "name_"}).itertuples()
        ),
    }
    for name, data in deliveries.items():
        frame = check(tmp_path, data, name, dataset="region").frame
        assert frame["region_code"].to_list() == ["320102", "320104"], name
        assert frame["region_name"].to_list() == NAMES, name
        shapes = shapely.from_wkb(frame["geometry"].to_numpy())
        assert shapely.equals(shapely.normalize(shapes), shapely.normalize(regions.geometry.to_numpy())).all(), name


@pytest.mark.parametrize("with_cpg", [True, False])
def test_attribute_tables_in_gbk_are_read(tmp_path: Path, regions: gpd.GeoDataFrame, *, with_cpg: bool) -> None:
    parts = shapefile(regions, tmp_path / "s", encoding="gbk")
    if not with_cpg:
        del parts["x.cpg"]
    assert check(tmp_path, zipped(parts), "a.zip", dataset="region").frame["region_name"].to_list() == NAMES


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_missing_part_is_named(tmp_path: Path, regions: gpd.GeoDataFrame, part: str) -> None:
    parts = shapefile(regions, tmp_path / "s")
    del parts[f"x{part}"]
    findings = refused(tmp_path, zipped(parts), "a.zip", dataset="region")
    assert rules(findings) == ["MISSING_PART"]
    assert part in findings[0].message


def test_without_a_prj_the_system_must_be_declared(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    shifted = regions.set_geometry(shapely.transform(regions.geometry.to_numpy(), _to_gcj02), crs=4490)
    parts = shapefile(shifted, tmp_path / "s")
    del parts["x.prj"]
    assert rules(refused(tmp_path, zipped(parts), "a.zip", dataset="region")) == ["CRS_MISSING"]
    frame = check(tmp_path, zipped(parts), "a.zip", dataset="region", crs="GCJ-02").frame
    found = shapely.from_wkb(frame["geometry"].to_numpy())
    assert shapely.equals_exact(shapely.normalize(found), shapely.normalize(regions.geometry.to_numpy()), 1e-9).all()


def _to_gcj02(xy):
    lon, lat = wgs84_to_gcj02(xy[:, 0], xy[:, 1])
    xy[:, 0], xy[:, 1] = lon, lat
    return xy


def test_projected_layers_are_converted_to_degrees(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    projected = regions.to_crs(4549)
    for name, data in {
        "a.zip": zipped(shapefile(projected, tmp_path / "s")),
        "a.gpkg": packed(projected, tmp_path, ".gpkg"),
        "a.parquet": packed(projected, tmp_path, ".parquet"),
    }.items():
        frame = check(tmp_path, data, name, dataset="region").frame
        found = shapely.from_wkb(frame["geometry"].to_numpy())
        wanted = regions.geometry.to_numpy()
        assert shapely.equals_exact(shapely.normalize(found), shapely.normalize(wanted), 1e-7).all(), name


def test_parts_shorter_than_their_headers_are_truncated(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    parts = shapefile(regions, tmp_path / "s")
    for name in ("x.shp", "x.dbf"):
        cut = parts | {name: parts[name][:-20]}
        findings = refused(tmp_path, zipped(cut), "a.zip", dataset="region")
        assert rules(findings) == ["TRUNCATED"]
        assert name[1:] in findings[0].message


def test_archives_cannot_reach_out(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    parts = shapefile(regions, tmp_path / "s")
    assert rules(refused(tmp_path, zipped(parts | {"../../x": b"x"}), "a.zip", dataset="region")) == ["ZIP_PATH"]
    assert rules(refused(tmp_path, zipped(parts | {"/etc/x": b"x"}), "a.zip", dataset="region")) == ["ZIP_PATH"]
    assert rules(refused(tmp_path, zipped(parts | {"a.zip": b"x"}), "a.zip", dataset="region")) == ["ZIP_NESTED"]
    stream = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("x.lnk")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    assert rules(refused(tmp_path, stream.getvalue(), "a.zip", dataset="region")) == ["ZIP_LINK"]
    bomb = zipped(parts | {"x.txt": bytes(200 << 20)})
    assert rules(refused(tmp_path, bomb, "a.zip", dataset="region")) == ["RATIO"]
    assert not list(tmp_path.parent.glob("x"))


def test_of_several_layers_one_must_be_named(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    path = tmp_path / "two.gpkg"
    regions.to_file(path, layer="a")
    regions.head(1).to_file(path, layer="b")
    data = path.read_bytes()
    assert rules(refused(tmp_path, data, "a.gpkg", dataset="region")) == ["MISSING_SHEET"]
    assert rules(refused(tmp_path, data, "a.gpkg", dataset="region", layer="c")) == ["MISSING_SHEET"]
    assert check(tmp_path, data, "a.gpkg", dataset="region", layer="b").accepted_count == 1
    parts = shapefile(regions, tmp_path / "s")
    both = parts | {f"y{name[1:]}": data for name, data in parts.items()}
    assert rules(refused(tmp_path, zipped(both), "a.zip", dataset="region")) == ["MISSING_SHEET"]
    assert check(tmp_path, zipped(both), "a.zip", dataset="region", layer="y").accepted_count == 2


@pytest.mark.parametrize("ending", [".gpkg", ".parquet"])
def test_damaged_files_are_refused(tmp_path: Path, regions: gpd.GeoDataFrame, ending: str) -> None:
    data = packed(regions, tmp_path, ending)
    for cut in (len(data) // 3, len(data) // 2, len(data) - 9):
        findings = refused(tmp_path, data[:cut], f"a{ending}", dataset="region")
        assert rules(findings) == ["TRUNCATED"]


def test_parquet_with_text_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    pl.DataFrame({"venue_id": ["QQQQ"], "venue_name": ["ZZZZ"]}).write_parquet(
        stream, compression="uncompressed", statistics=False
    )
    for old, new in ((b"QQQQ", b"\xff\xfeQQ"), (b"venue_name", b"venue_\xff\xfe\xb7e")):
        data = stream.getvalue().replace(old, new)
        assert data != stream.getvalue()
        assert rules(refused(tmp_path, data, "a.parquet")) == ["TRUNCATED"]


def test_typed_columns_of_parquet_become_the_contracts_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "venue_id": [1, 2, 3],
            "venue_name": ["a", "b", "c"],
            "venue_type_code": pl.Series(["C21", "C21", "C21"], dtype=pl.Categorical),
            "lon": [118.5, 118.5, float("nan")],
            "lat": [32.5, 32.5, 32.5],
            "region_code": [320102.0, None, 320104.0],
            "area_m2": [600, None, 10],
            "capacity_count": [40.0, 40.5, float("nan")],
            "室内": [1, 0, None],
            "tags": [["x"], None, None],
        }
    )
    stream = io.BytesIO()
    frame.write_parquet(stream)
    checked = check(tmp_path, stream.getvalue(), "a.parquet")
    row = checked.frame.row(0, named=True)
    assert (row["venue_id"], row["region_code"], row["area_m2"], row["capacity_count"]) == ("1", "320102", 600.0, 40)
    assert row["is_indoor"] is True
    assert checked.refused.select("row_number", "rule", "column").rows() == [
        (2, "TYPE", "capacity_count"),
        (3, "COORD", "lon"),
    ]


def test_content_that_is_not_what_the_name_says_is_refused(tmp_path: Path, regions: gpd.GeoDataFrame) -> None:
    for name in ("a.zip", "a.gpkg", "a.parquet", "a.osm.pbf"):
        assert rules(refused(tmp_path, b"a,b\n1,2\n", name, dataset="region")) == ["TYPE_MISMATCH"]
    for name in ("a.duckdb", "a.pkl", "a", "a.shp"):
        assert rules(refused(tmp_path, b"a,b\n1,2\n", name, dataset="region")) == ["TYPE_MISMATCH"]
    parts = shapefile(regions, tmp_path / "s")
    assert rules(refused(tmp_path, zipped(parts | {"x.shp": b"x" * 200}), "a.zip", dataset="region")) == [
        "TYPE_MISMATCH"
    ]
