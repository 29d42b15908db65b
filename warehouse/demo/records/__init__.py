"""Generated records: one module a dataset, its ``generate(world)`` gives the dataset in the columns of its contract."""
