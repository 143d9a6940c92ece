"""What the Corregedoria and the units do with a complaint."""
