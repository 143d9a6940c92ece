"""PDFs of the directory: a unit's poster, and a comarca's contacts on one sheet."""
