"""Entering an agenda's waiting list."""
