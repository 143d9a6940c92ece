"""The REST door: the same services, spoken in JSON."""
