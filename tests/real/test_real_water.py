"""Water of real extracts against a second reading: closed ways in plain Python, without osmium's areas."""

from __future__ import annotations

from pathlib import Path

import osmium
import pytest
import shapely

from warehouse.delivery import CheckContext, DeliveryOptions
from warehouse.ingest import check_delivery

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
EXTRACTS = {
    "heidelberg": REAL / "network_heidelberg" / "heidelberg.test.pbf",
    "porto_alegre": REAL / "network_portoalegre" / "poa_osm.pbf",
}

pytestmark = [pytest.mark.real, pytest.mark.skipif(not REAL.is_dir(), reason=f"the real data are not at {REAL}")]


@pytest.mark.parametrize(("city", "count"), [("heidelberg", 1), ("porto_alegre", 2)])
def test_water_is_what_the_extract_holds_of_it(city: str, count: int) -> None:
    """Both extracts were cut for routing: neither the Neckar nor the Guaíba is in them."""
    plain = {}
    relations = 0
    for item in osmium.FileProcessor(str(EXTRACTS[city])).with_locations():
        is_water = item.tags.get("natural") == "water" or item.tags.get("waterway") == "riverbank"
        is_water = is_water or item.tags.get("landuse") in ("reservoir", "basin") or "water" in item.tags
        relations += is_water and item.is_relation()
        if is_water and item.is_way():
            plain[f"osm-w{item.id}"] = shapely.Polygon([(node.lon, node.lat) for node in item.nodes])
    checked = check_delivery("water", EXTRACTS[city], DeliveryOptions(EXTRACTS[city].name), CheckContext())
    assert (len(plain), relations) == (count, 0)
    assert (checked.accepted_count, checked.refused_count, checked.left_out) == (count, 0, {})
    for water_id, geometry in checked.frame.select("water_id", "geometry").iter_rows():
        assert shapely.from_wkb(geometry).equals(plain[water_id])
