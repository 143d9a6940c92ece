"""One's own account: password, second step, open sessions."""
