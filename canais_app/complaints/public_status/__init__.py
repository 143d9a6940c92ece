"""What the public sees of channel failures: board, outages, open data."""
