"""The staff home page after signing in."""
