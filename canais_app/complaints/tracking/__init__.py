"""Screen to follow a report with protocol and secret code (Acompanhar)."""
