"""Comarcas, units, their channels and notices, and the search that finds them."""
