"""The private page of an appointment: see, move, cancel."""
