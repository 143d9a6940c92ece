"""Chaves da API: bearer tokens of programs."""
