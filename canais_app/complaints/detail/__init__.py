"""One complaint on the Corregedoria's desk."""
