"""Open packages: the six public kinds, defined as data (``<kind>.toml``), made of the published snapshot, kept."""
