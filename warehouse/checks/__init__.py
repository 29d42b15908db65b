"""Checks before a snapshot is published: one module is one subject, each defines ``CHECK``."""
