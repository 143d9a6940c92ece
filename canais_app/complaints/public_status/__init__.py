"""Public figures of channel failures: status board, outages, open data."""
