"""Screen: the editor of a unit: fields, channels, tree position, history."""
