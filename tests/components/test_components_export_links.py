from __future__ import annotations

from components.export_links import FORMATS, export_links


def test_every_kind_of_file_has_a_link_with_the_address_of_the_page() -> None:
    text = str(export_links("measures", {"region": "320500", "at": "2-1900", "fee": ""}, "en"))
    for ending in FORMATS:
        assert f"/api/export/measures.{ending}?region=320500&at=2-1900'" in text
    assert "Word report" in text
