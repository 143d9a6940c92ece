"""Asking for a new password."""
