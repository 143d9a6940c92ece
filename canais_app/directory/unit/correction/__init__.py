"""“Informação errada? Avise”: the short form on a unit's page."""
