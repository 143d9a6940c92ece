"""Pessoal: invite, set roles, suspend."""
