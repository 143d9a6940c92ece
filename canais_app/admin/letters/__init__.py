"""Mensagens: the outbox."""
