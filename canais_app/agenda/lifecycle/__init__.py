"""What becomes of a time: held, booked, moved, cancelled, offered. `agenda.service` is the door."""
