"""Comarcas, units, their channels and notices, and the search that finds them."""

from canais_app.directory import version as version  # its listeners must hear every writer
