"""One unit: every channel, its hours, its sectors."""
