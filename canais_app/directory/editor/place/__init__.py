"""The place in the tree of the unit that is edited."""
