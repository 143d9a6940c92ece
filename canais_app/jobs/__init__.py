"""What runs by itself: the outbox, expiries, reminders, retention."""
