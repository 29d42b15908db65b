"""Scores of physical fitness by the national standards."""
