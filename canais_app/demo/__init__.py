"""Demonstration data: deterministic, marked as such, refused in production; and the facts."""

from canais_app.demo.sowing import DEMO_PASSWORD, Summary, load_facts, seed

__all__ = ["DEMO_PASSWORD", "Summary", "load_facts", "seed"]
