"""The form to join an agenda's waiting list."""
