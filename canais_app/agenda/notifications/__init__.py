"""Messages about appointments: to the lawyer, the gabinete and its secretaria."""
