"""The rules editor of a gabinete's agenda."""
