"""One's place in an agenda's waiting list."""
