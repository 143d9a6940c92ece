"""Pages that the API renders itself: they work without JavaScript."""
