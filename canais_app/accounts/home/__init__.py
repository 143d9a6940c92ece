"""The personal desk after signing in."""
