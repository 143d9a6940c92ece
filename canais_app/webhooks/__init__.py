"""Webhooks: other systems are told of the portal's events."""
