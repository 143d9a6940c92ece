"""Each figure of the dashboard, drawn from its ready words."""
