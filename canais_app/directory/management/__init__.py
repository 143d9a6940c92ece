"""Screen: a manager's units and the corrections to resolve."""
