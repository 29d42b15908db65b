"""What runs without a person waiting for it: one module a kind of job, and the runner that works them off."""
