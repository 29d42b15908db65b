"""The demo province: generated streets, residents, venues and records in the shape of real deliveries."""

from warehouse.demo.everything import generate
from warehouse.demo.province import SIZES, generate_ground, water

__all__ = ["SIZES", "generate", "generate_ground", "water"]
