"""Meta tables of a snapshot: one module is one table; ``meta.<name>`` says what the snapshot holds and whence."""
