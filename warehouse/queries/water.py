"""What the map shows of rivers and lakes."""

from __future__ import annotations

import orjson
import shapely

from kernel.errors import UsageError
from kernel.scope import GrantedScope
from warehouse.queries import _run

DETAILS = ("overview", "fine", "near")
# Decimal places of shores: 1e-5 degree is about a metre, 1e-4 about ten.
_PRECISION = {"overview": 1e-4, "fine": 1e-5, "near": 1e-5}


def shores(scope: GrantedScope, detail: str) -> bytes:
    """Return the water as GeoJSON; the same for every visitor.

    Parameters
    ----------
    scope : GrantedScope
        Any.
    detail : {"overview", "fine", "near"}
        Level of detail.

    Returns
    -------
    bytes
        FeatureCollection of polygons without properties; an empty one where no water was delivered.

    Raises
    ------
    UsageError
        When there is no such detail.
    """
    if detail not in DETAILS:
        raise UsageError(f"There is no detail {detail!r}.", fix=f"detail: {', '.join(DETAILS)}.")
    parts = shapely.from_wkb(_run.rows("map_water.sql", scope, detail_code=detail)["geometry"].to_numpy())
    # The grid may let thin places touch; a filled picture does not mind, and shapes keep every vertex of a river.
    parts = shapely.set_precision(parts, _PRECISION[detail], mode="pointwise")
    features = [
        {"type": "Feature", "properties": {}, "geometry": orjson.Fragment(text)} for text in shapely.to_geojson(parts)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})
