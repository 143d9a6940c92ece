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

VERSION = versions.Version(DirectoryVersion, (Unit, Channel, Comarca, Municipality, Synonym))
current = VERSION.current
renew = VERSION.renew
is_own = VERSION.is_own
