"""What becomes of a slot: holds, bookings, cancellations, offers, waitlist, approvals, expiry."""
