"""What the rules editor holds for one person."""
