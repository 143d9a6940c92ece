"""What lawyers may do with times, by whichever door: screens, API and loops call these.

Each verb is one transaction's work, and stands in the file of its name. The desk's verbs, which
ask who acts, are in `chambers`.
"""

from canais_app.agenda.lifecycle.approving import lapse, overdue
from canais_app.agenda.lifecycle.booking import book, confirm
from canais_app.agenda.lifecycle.cancelling import cancel
from canais_app.agenda.lifecycle.freeing import due, settle
from canais_app.agenda.lifecycle.holding import hold, release
from canais_app.agenda.lifecycle.moving import move
from canais_app.agenda.lifecycle.places import place
from canais_app.agenda.lifecycle.waiting import decline, join, leave
from canais_app.agenda.requests import BookingRequest, WaitlistRequest
from canais_app.agenda.views import Booked, Hold

__all__ = [
    "Booked",
    "BookingRequest",
    "Hold",
    "WaitlistRequest",
    "book",
    "cancel",
    "confirm",
    "decline",
    "due",
    "hold",
    "join",
    "lapse",
    "leave",
    "move",
    "overdue",
    "place",
    "release",
    "settle",
]
