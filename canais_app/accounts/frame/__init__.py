"""The frame of every staff page: menu, counts, person, session."""
