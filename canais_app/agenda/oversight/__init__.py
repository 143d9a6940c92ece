"""Atendimentos, for the Corregedoria: late requests, what two sides say apart, full agendas."""
