"""The Corregedoria's figures: one scope governs all of them."""
