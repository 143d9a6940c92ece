"""The waiting list: entering it, and one's place in it."""
