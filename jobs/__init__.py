"""What runs without a person waiting for it: one module a kind of job."""
