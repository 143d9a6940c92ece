"""What the report form shows; `api/reporting.py` renders it."""
