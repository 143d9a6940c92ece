"""Portal dos Canais Permanentes de Atendimento Digital (TJMT)."""

__version__ = "0.2.0"
