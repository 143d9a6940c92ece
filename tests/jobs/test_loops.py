"""The loops tell open pages what time alone has changed."""

import asyncio
from datetime import datetime, timedelta

from sqlmodel import Session, select

from canais_app.jobs.loops import Tide
from canais_app.kit.models import LiveChange
from tests.factories import directory as make


def test_a_notice_that_begins_between_two_rounds_is_told_once(
    session: Session, now: datetime
) -> None:
    make.notice(session, "Obras", starts_at=now + timedelta(seconds=20))
    session.commit()
    moments = iter(
        [now, now + timedelta(seconds=15), now + timedelta(seconds=30), now + timedelta(seconds=45)]
    )
    tide = Tide(lambda: next(moments))
    told = [asyncio.run(tide.work()) for _ in range(4)]
    assert told == [False, False, True, False]
    assert session.exec(select(LiveChange.topic)).all() == ["calendar:all"]
