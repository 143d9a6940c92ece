"""All units, found to be edited, and a new one."""
