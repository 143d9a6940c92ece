"""Screen: the age of contacts' verification by comarca."""
