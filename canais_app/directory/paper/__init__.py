"""The directory on paper: a unit's poster, a comarca's contacts on one sheet (PDF)."""
