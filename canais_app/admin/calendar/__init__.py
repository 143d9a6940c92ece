"""Calendário: the days of the year."""
