"""Pieces of the page of notices."""
