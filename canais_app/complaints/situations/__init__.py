"""Situations: alarms with an owner, incidents of many units, and who is told."""
