"""Comarcas from A to Z, readable without JavaScript."""
