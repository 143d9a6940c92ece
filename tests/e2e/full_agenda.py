"""An agenda whose times are all taken, written into the database of the environment.

Run as a program (`python -m tests.e2e.full_agenda`), it prints its slug, its day and the paths of
the pages that give its two times up, as JSON.
"""

import json
import sys
from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from canais_app import routes, wiring
from canais_app.agenda.booking import booking
from canais_app.kit import clock, db
from tests.factories import agenda as make


def write(session: Session, now: datetime) -> dict[str, Any]:
    """Write an agenda of one day with two times, 14h and 14h30, both taken."""
    day = clock.to_local_day(now) + timedelta(days=2)
    agenda = make.make_agenda(
        session,
        [make.make_window(day.weekday(), time(14), time(15))],
        title="Gabinete Lotado",
        opt_outs=(day,),
        slot_minutes=30,
        step_minutes=30,
        horizon_days=5,
        offer_minutes=30,
        release_delay=30,
    )

    def book(minute: int) -> str:
        wish = make.make_booking_request(
            clock.from_wall_clock(day, 14, minute), oab_number=str(900 + minute)
        )
        return routes.appointment(booking.book(session, agenda.slug, wish, now=now).token)

    return {"slug": agenda.slug, "day": day.isoformat(), "taken": [book(0), book(30)]}


if __name__ == "__main__":
    wiring.connect_hooks()
    json.dump(db.write_sync(write, clock.now()), sys.stdout)
