"""Changes to units: service, change log, locks, corrections, verification."""
