"""Situação: what is known of each place, honestly little."""
