"""The private page of a waitlist entry."""
