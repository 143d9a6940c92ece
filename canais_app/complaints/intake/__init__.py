"""Relatar falha: three taps, and words if one likes."""
