"""The gabinete's desk: today and the week, live."""
