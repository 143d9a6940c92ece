"""What takes effect at once, beside the rules form."""
