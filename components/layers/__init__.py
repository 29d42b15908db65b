"""Layers of the map: one module a layer, its ``LAYER`` says how it is drawn and who may see it."""
