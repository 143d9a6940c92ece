"""The unit's inbox: complaints to answer, contacts to confirm."""
