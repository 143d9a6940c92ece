"""Meus agendamentos: a mailed link lists a lawyer's appointments."""
