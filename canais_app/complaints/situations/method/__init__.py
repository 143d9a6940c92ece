"""Staff page "Como calculamos": the stored fit, its budget, and what the alarms did."""
