"""Readers of delivered files: one module per format."""
