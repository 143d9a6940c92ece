"""Who is told what about an appointment, and when."""
