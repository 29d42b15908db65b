"""Statistics as pure functions over frames and arrays: no files, SQL, web, logging or clock."""
