"""The kinds of field of the rules form."""
