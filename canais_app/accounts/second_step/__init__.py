"""The code of the second step, after the password."""
