"""Comarcas, units and their channels; what a person typed, understood."""
