"""Avisos a outros sistemas: the webhooks and their deliveries."""
