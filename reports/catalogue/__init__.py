"""The exports: one module each, with its ``EXPORT``."""
