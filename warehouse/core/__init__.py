"""Core tables: what there is, one file an entity; joins and decisions happen here."""
