"""Setting up the second step."""
