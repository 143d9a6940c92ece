"""The directory's version: a token that changes whenever rows of the search index change."""

from canais_app.directory.models import (
    Channel,
    Comarca,
    DirectoryVersion,
    Municipality,
    Synonym,
    Unit,
)
from canais_app.kit import versions

_version = versions.keep(DirectoryVersion, Unit, Channel, Comarca, Municipality, Synonym)
current = _version.current
renew = _version.renew
is_own = _version.is_own
