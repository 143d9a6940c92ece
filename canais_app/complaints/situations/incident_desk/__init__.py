"""The desk of incidents: their list, and one of them whole."""
