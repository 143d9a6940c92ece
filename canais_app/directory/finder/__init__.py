"""Início: one box that finds the unit and the channel that answers now."""
