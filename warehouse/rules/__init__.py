"""Rules that rows of a delivery must keep."""
