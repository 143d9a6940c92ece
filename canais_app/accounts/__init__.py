"""Staff, their roles and sessions, and the record of who did what."""
