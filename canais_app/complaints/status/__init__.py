"""Screen of the public status (Situação)."""
