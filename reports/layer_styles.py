"""Styles that travel inside a GeoPackage: QGIS finds them in ``layer_styles`` and opens the layers coloured."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pandas as pd

from reports.content import Layer, Shape

_SYMBOL_OF: dict[Shape, tuple[str, str]] = {
    "area": ("fill", "SimpleFill"),
    "line": ("line", "SimpleLine"),
    "point": ("marker", "SimpleMarker"),
}
_GEOMETRY_TYPE: dict[Shape, int] = {"point": 0, "line": 1, "area": 2}
_OUTLINE = "#64748B"
STYLE_TABLE = "layer_styles"


def qml(layer: Layer) -> str:
    """Return the QGIS style of a layer: colours, legend words and headings of its fields."""
    root = Xml.Element("qgis", version="3.28.0", styleCategories="Symbology|Fields")
    root.append(_renderer(layer))
    aliases = Xml.SubElement(root, "aliases")
    for number, column in enumerate(layer.table.columns, start=1):
        Xml.SubElement(aliases, "alias", field=column.key, index=str(number), name=column.heading)
    Xml.SubElement(root, "layerGeometryType").text = str(_GEOMETRY_TYPE[layer.shape])
    return Xml.tostring(root, encoding="unicode")


def style_rows(layers: tuple[Layer, ...], geometry_column: str, updated_at: str, description: str) -> pd.DataFrame:
    """Return the rows of ``layer_styles``, as QGIS itself writes them; each is its layer's default."""
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [layer.code for layer in layers],
            "f_geometry_column": geometry_column,
            "styleName": [layer.table.title for layer in layers],
            "styleQML": [qml(layer) for layer in layers],
            "styleSLD": "",
            "useAsDefault": True,
            "description": description,
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(updated_at),
        }
    )


def _renderer(layer: Layer) -> Xml.Element:
    classes = layer.classes
    if classes is None:
        renderer = Xml.Element("renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0")
        Xml.SubElement(renderer, "symbols").append(_symbol("0", layer.shape, layer.colour))
        return renderer
    kind = "categorizedSymbol" if classes.values else "graduatedSymbol"
    renderer = Xml.Element("renderer-v2", type=kind, attr=classes.column, symbollevels="0", enableorderby="0")
    if classes.values:
        parts = Xml.SubElement(renderer, "categories")
        for at, (value, label) in enumerate(zip(classes.values, classes.labels, strict=True)):
            Xml.SubElement(parts, "category", symbol=str(at), value=value, label=label, render="true", type="string")
    else:
        renderer.set("graduatedMethod", "GraduatedColor")
        parts = Xml.SubElement(renderer, "ranges")
        ends = ["-1e+300", *(repr(limit) for limit in classes.limits), "1e+300"]
        # QGIS takes the first range that holds a value: with the highest first, a limit belongs to the class above it.
        for at in reversed(range(len(classes.colours))):
            Xml.SubElement(
                parts,
                "range",
                symbol=str(at),
                lower=ends[at],
                upper=ends[at + 1],
                label=classes.labels[at],
                render="true",
            )
    symbols = Xml.SubElement(renderer, "symbols")
    for at, colour in enumerate(classes.colours):
        symbols.append(_symbol(str(at), layer.shape, colour))
    return renderer


def _symbol(name: str, shape: Shape, colour: str) -> Xml.Element:
    symbol_type, layer_class = _SYMBOL_OF[shape]
    symbol = Xml.Element("symbol", name=name, type=symbol_type, alpha="1", clip_to_extent="1", force_rhr="0")
    layer = Xml.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    options = Xml.SubElement(layer, "Option", type="Map")
    for key, value in _symbol_options(shape, colour).items():
        Xml.SubElement(options, "Option", name=key, type="QString", value=value)
    return symbol


def _symbol_options(shape: Shape, colour: str) -> dict[str, str]:
    if shape == "line":
        return {"line_color": _rgba(colour), "line_style": "solid", "line_width": "1.2", "line_width_unit": "MM"}
    options = {
        "color": _rgba(colour),
        "outline_color": _rgba(_OUTLINE if shape == "area" else "#FFFFFF"),
        "outline_style": "solid",
        "outline_width": "0.1" if shape == "area" else "0.4",
        "outline_width_unit": "MM",
        "style": "solid",
    }
    return options if shape == "area" else options | {"name": "circle", "size": "3.6", "size_unit": "MM"}


def _rgba(colour: str) -> str:
    return ",".join([*(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)), "255"])
