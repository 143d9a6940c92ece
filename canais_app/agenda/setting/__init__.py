"""What a gabinete sets: rules, their versions and drafts, substitutes."""
