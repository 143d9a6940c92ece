"""The look shared by all rooms: takes values and handlers, knows no room."""
