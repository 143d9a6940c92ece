"""Plantão: who is told of alarms by e-mail."""
