"""Components shared by all rooms: they take values and handlers, and import no room."""
