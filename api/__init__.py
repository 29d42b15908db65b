"""The data service and the doors: one module a resource, each with its ``RESOURCE``."""
