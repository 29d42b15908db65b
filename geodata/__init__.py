"""Space: coordinate systems, regions, cells, the street network and walking on it. Pure functions."""
