"""Search understanding: normalise, parse, rank over the directory's snapshot."""
