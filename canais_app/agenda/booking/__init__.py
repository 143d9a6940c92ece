"""What becomes of a slot: bookings, holds, offers, waitlist, approvals, expiry."""
