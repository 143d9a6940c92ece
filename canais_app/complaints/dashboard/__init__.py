"""The Corregedoria's dashboard."""
