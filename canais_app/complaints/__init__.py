"""Failures reported by users, from the form to the Corregedoria's charts."""
