"""Models that forecast; each module is one, its ``MODEL``."""
