"""Sinônimos."""
