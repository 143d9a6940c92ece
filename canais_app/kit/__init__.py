"""Tools that know no court: clock, database, refusals, text, live topics, limits, pages."""
