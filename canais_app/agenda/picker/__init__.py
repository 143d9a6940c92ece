"""The picker: a month of free times, one held, a brief registration."""
