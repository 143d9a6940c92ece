"""Demonstration data: deterministic, marked as such, refused in production."""

from canais_app.demo.seed import DEMO_PASSWORD, SeedSummary, load_facts, seed_demo

__all__ = ["DEMO_PASSWORD", "SeedSummary", "load_facts", "seed_demo"]
