"""The demo province: real boundaries and census, generated streets, cells and venues, all marked as demo data."""

from __future__ import annotations

from warehouse.demo.province import SIZES, generate, water

__all__ = ["SIZES", "generate", "water"]
