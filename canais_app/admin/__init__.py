"""Administration screens: staff, sessions, audit, tokens, outbox, settings."""
