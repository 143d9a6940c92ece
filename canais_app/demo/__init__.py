"""Demonstration data: deterministic, marked as such, refused in production."""

from canais_app.demo.sowing import DEMO_PASSWORD, Summary, seed

__all__ = ["DEMO_PASSWORD", "Summary", "seed"]
