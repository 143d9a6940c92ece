"""What lawyers may do with times, by whichever door: screens, API and loops call these.

Each verb is one transaction's work, and stands in the file of its name. The desk's verbs, which
ask who acts, are in `chambers`.
"""

from canais_app.agenda.lifecycle.approving import agendas_with_expired_requests, expire_requests
from canais_app.agenda.lifecycle.booking import book, confirm_appointment
from canais_app.agenda.lifecycle.cancelling import cancel_by_link
from canais_app.agenda.lifecycle.freeing import agendas_with_expired, expire_due
from canais_app.agenda.lifecycle.holding import hold_slot, release_hold
from canais_app.agenda.lifecycle.moving import move_appointment
from canais_app.agenda.lifecycle.places import load_waitlist_view
from canais_app.agenda.lifecycle.waiting import decline_offer, join_waitlist, leave_waitlist
from canais_app.agenda.requests import BookingRequest, WaitlistRequest
from canais_app.agenda.views import BookingResult, HeldSlot

__all__ = [
    "BookingResult",
    "BookingRequest",
    "HeldSlot",
    "WaitlistRequest",
    "book",
    "cancel_by_link",
    "confirm_appointment",
    "decline_offer",
    "agendas_with_expired",
    "hold_slot",
    "join_waitlist",
    "expire_requests",
    "leave_waitlist",
    "move_appointment",
    "agendas_with_expired_requests",
    "load_waitlist_view",
    "release_hold",
    "expire_due",
]
