"""What the gabinete sets: drafts, validation, versions, substitutes."""
