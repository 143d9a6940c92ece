"""The page of one's own account: password, second step, open sessions."""
