"""The only home of files and SQL: landing, contracts, curated Parquet, builds, published snapshots, queries."""
