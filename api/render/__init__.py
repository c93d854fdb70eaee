"""Values to what a reader sees: text, JSON, pages. Pure functions; imports `policy` and the rooms below alone."""
