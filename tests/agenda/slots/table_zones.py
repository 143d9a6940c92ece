"""The court's time zone: days that begin late, hours that occur twice."""

from datetime import date

from tests.agenda.slots.cases import FEB16, FEB17, LONG, NOV4, THEN, THEN2, Case, at, win

CASES = [
    Case(
        "a midnight that does not exist: from 1h",
        NOV4,
        "01:00 01:20 01:40",
        (win(6, "00:00", "02:00"),),
        now=THEN,
    ),
    Case("a window inside the gap is empty", NOV4, "", (win(6, "00:00", "00:59"),), now=THEN),
    Case(
        "a window that begins in the gap begins after it",
        NOV4,
        "01:00",
        (win(6, "00:30", "01:20"),),
        now=THEN,
    ),
    Case("after the gap as always", NOV4, "13:00 13:20", (win(6, "13:00", "13:40"),), now=THEN),
    Case(
        "the evening before the clock goes back",
        FEB16,
        "22:00 22:20",
        (win(5, "22:00", "22:40"),),
        now=THEN2,
    ),
    Case(
        "the day after it went back", FEB17, "00:00 00:20", (win(6, "00:00", "00:40"),), now=THEN2
    ),
    Case(
        "no summer time since: Cuiabá is UTC−4",
        date(2027, 1, 20),
        "13:00",
        (win(2, "13:00", "13:20"),),
        LONG,
    ),
    Case("leap day", date(2028, 2, 29), "13:00", (win(1, "13:00", "13:20"),), {"horizon": 800}),
    Case("New Year's Eve is recesso", date(2026, 12, 31), "", (win(3),), LONG, state="closed"),
    Case(
        "the hour that came twice, in a window until midnight, twice",
        FEB16,
        "22:00 22:20 22:40 23:00 23:20 23:40 23:00 23:20 23:40",
        (win(5, "22:00", "24:00"),),
        now=THEN2,
    ),
    Case(
        "a window's end in the hour that came twice is the first of them",
        FEB16,
        "23:00 23:20",
        (win(5, "23:00", "23:59"),),
        now=THEN2,
    ),
    Case(
        "an hour's notice is sixty minutes, however the clock changes",
        NOV4,
        "01:00 01:20 01:40",
        (win(6, "00:00", "02:00"),),
        {"notice": 60},
        now=at(date(2018, 11, 3), "23:00"),
    ),
    Case("with summer time Cuiabá was UTC−3", NOV4, "13:00", (win(6, "13:00", "13:20"),), now=THEN),
]
