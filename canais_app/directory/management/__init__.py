"""The desk of a unit's manager: contacts to confirm, corrections to settle."""
