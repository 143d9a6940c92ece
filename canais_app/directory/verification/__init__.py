"""How old the contacts of each comarca are."""
