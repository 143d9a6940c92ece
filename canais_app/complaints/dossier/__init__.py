"""One unit as a whole, on a page and as a PDF."""
