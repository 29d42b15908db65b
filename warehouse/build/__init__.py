"""The build: steps from files, their order from the SQL, one scratch database, three served files and arrays."""
