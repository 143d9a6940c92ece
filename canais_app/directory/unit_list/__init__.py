"""Screen: the list of all units, and the form of a new one."""
