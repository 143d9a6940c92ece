"""One unit, edited: its fields, its channels, its place in the tree, its history."""
