"""The REST API and the HTTP routes beside the pages."""
