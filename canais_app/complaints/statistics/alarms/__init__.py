"""The alarms' method: what is usual, what is rare, and how thresholds are set."""
