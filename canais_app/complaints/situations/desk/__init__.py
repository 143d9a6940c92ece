"""The desk of situations: the list of what is above normal, and one of them whole."""
