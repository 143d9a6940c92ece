"""Infrastructure without court knowledge: clock, database, errors, text, live pages, limits."""
