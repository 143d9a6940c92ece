"""Messages waiting to leave, their words, and how they leave."""
