"""Reclamações: the complaints behind a figure."""
