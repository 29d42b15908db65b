"""The published small town, for exports that ask the warehouse."""

from __future__ import annotations

from tests.api.conftest import served_town, town_settings

__all__ = ["served_town", "town_settings"]
