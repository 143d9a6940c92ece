"""Sessões: who is signed in, and signing them out."""
