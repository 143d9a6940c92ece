"""The gabinete's own calendar (ICS or CalDAV): fetch it, expand it, keep its busy times."""
