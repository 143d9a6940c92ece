"""Screen of one complaint, for triage."""
