"""Acompanhar: a report followed with protocol and secret code."""
