"""Avisos: what visitors must know, and what closes a place."""
