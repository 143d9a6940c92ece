"""Complaint figures: counts, baseline, anomaly, alarms, trends, export."""
