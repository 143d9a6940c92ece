"""The channels of the unit that is edited."""
