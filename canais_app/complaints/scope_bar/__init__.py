"""The scope bar and the tabs of the Corregedoria's screens."""
