"""Auditoria: who did what."""
