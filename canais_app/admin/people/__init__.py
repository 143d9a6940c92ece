"""Pessoal: invite, give roles, suspend."""
