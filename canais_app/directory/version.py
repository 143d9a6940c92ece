"""The directory's version: a token that changes whenever rows of the search index change."""

from canais_app.directory.models import (
    Channel,
    Comarca,
    DirectoryVersion,
    Municipality,
    Synonym,
    Unit,
)
from canais_app.kit import cache_version

VERSION = cache_version.CacheVersion(
    DirectoryVersion, (Unit, Channel, Comarca, Municipality, Synonym)
)
read_token = VERSION.read_token
renew_token = VERSION.renew_token
is_changed_in_session = VERSION.is_changed_in_session
