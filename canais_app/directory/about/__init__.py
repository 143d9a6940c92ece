"""What the portal says of itself: about, accessibility, privacy, open data."""
