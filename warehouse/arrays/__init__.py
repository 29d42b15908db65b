"""Arrays: what engines read by memory map, one file a folder of arrays."""
