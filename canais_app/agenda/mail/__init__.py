"""Who is told of an appointment, when, and at which address."""
