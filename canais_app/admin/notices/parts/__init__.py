"""Components of the notices page."""
