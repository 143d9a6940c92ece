"""Atendimentos, for the Corregedoria: requests past their term, and what two sides say apart."""
