"""Signed packages between nodes (1+N): made by a city's node, verified and taken in by the province's."""
