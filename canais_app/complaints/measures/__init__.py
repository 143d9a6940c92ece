"""What the Corregedoria's figures are made of: each module measures one thing."""
