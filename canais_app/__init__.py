"""Portal dos Canais Permanentes de Atendimento Digital (TJMT)."""
