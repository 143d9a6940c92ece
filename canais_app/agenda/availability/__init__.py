"""What is free: slots, rules as values, limits; `service` is the one answer."""
