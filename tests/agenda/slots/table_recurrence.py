"""On which days a window recurs (RFC 5545), and from when until when it is valid."""

from datetime import date, timedelta

from tests.agenda.slots.cases import LONG, MON, SAT, SUN, THU, TUE, Case, W, win

CASES = [
    Case("no window that weekday", TUE, "", state="none"),
    Case(
        "a Saturday window is the gabinete's own choice",
        SAT,
        "13:00 13:20",
        (win(5, "13:00", "13:40"),),
    ),
    Case("a Sunday window too", SUN, "13:00", (win(6, "13:00", "13:20"),)),
    Case(
        "every two weeks: the first",
        W,
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
    ),
    Case(
        "every two weeks: not the second",
        W + timedelta(7),
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
    ),
    Case(
        "every two weeks: the third",
        W + timedelta(14),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
    ),
    Case(
        "weeks begin on Monday: valid from Sunday, that week counts",
        W,
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=date(2026, 11, 22)),),
    ),
    Case(
        "weeks begin on Monday: valid from Monday",
        W,
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=MON),),
    ),
    Case(
        "valid from Friday, two weeks: the next Wednesday is off",
        W,
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=date(2026, 11, 20)),),
    ),
    Case(
        "every three weeks: third week off",
        date(2026, 12, 9),
        "",
        (win(2, "13:00", "13:20", every_weeks=3, valid_from=W),),
    ),
    Case(
        "every three weeks: fourth week on",
        date(2026, 12, 16),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=3, valid_from=W),),
        LONG,
    ),
    Case(
        "every four weeks over the year's end",
        date(2027, 1, 20),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=4, valid_from=W),),
        LONG,
    ),
    Case(
        "every two weeks without a first day counts from a fixed Monday",
        W,
        "",
        (win(2, "13:00", "13:20", every_weeks=2),),
    ),
    Case(
        "and the week after is on",
        date(2026, 12, 2),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2),),
    ),
    Case("first Wednesday", date(2026, 12, 2), "13:00", (win(2, "13:00", "13:20", nth_week=1),)),
    Case(
        "not the second Wednesday", date(2026, 12, 9), "", (win(2, "13:00", "13:20", nth_week=1),)
    ),
    Case("second Wednesday", date(2026, 12, 9), "13:00", (win(2, "13:00", "13:20", nth_week=2),)),
    Case(
        "third Wednesday",
        date(2026, 12, 16),
        "13:00",
        (win(2, "13:00", "13:20", nth_week=3),),
        LONG,
    ),
    Case("fourth Wednesday", W, "13:00", (win(2, "13:00", "13:20", nth_week=4),)),
    Case("a month with four has no fifth", W, "", (win(2, "13:00", "13:20", nth_week=5),)),
    Case("a fifth Monday", date(2026, 11, 30), "13:00", (win(0, "13:00", "13:20", nth_week=5),)),
    Case("the last Wednesday", W, "13:00", (win(2, "13:00", "13:20", nth_week=-1),)),
    Case(
        "not the last Wednesday", date(2026, 11, 18), "", (win(2, "13:00", "13:20", nth_week=-1),)
    ),
    Case(
        "the last Monday is the fifth",
        date(2026, 11, 30),
        "13:00",
        (win(0, "13:00", "13:20", nth_week=-1),),
    ),
    Case("valid from that day", W, "13:00", (win(2, "13:00", "13:20", valid_from=W),)),
    Case("valid from the next day", W, "", (win(2, "13:00", "13:20", valid_from=THU),)),
    Case("valid until that day", W, "13:00", (win(2, "13:00", "13:20", valid_until=W),)),
    Case("valid until the day before", W, "", (win(2, "13:00", "13:20", valid_until=TUE),)),
    Case(
        "valid on one day only",
        W,
        "13:00",
        (win(2, "13:00", "13:20", valid_from=W, valid_until=W),),
    ),
    Case(
        "two versions change over",
        W,
        "14:00",
        (win(2, "13:00", "13:20", valid_until=TUE), win(2, "14:00", "14:20", valid_from=W)),
    ),
    Case(
        "the last but one Wednesday",
        date(2026, 11, 18),
        "13:00",
        (win(2, "13:00", "13:20", nth_week=-2),),
    ),
    Case("not the last one", W, "", (win(2, "13:00", "13:20", nth_week=-2),)),
    Case(
        "the last weekday of February of a leap year",
        date(2028, 2, 29),
        "13:00",
        (win(1, "13:00", "13:20", nth_week=-1),),
        {"horizon": 800},
    ),
    Case(
        "the first day of a month is in its first week",
        date(2026, 12, 1),
        "13:00",
        (win(1, "13:00", "13:20", nth_week=1),),
    ),
    Case(
        "every two weeks from a Sunday: its own week counts, begun on Monday",
        SUN,
        "13:00",
        (win(6, "13:00", "13:20", every_weeks=2, valid_from=MON),),
    ),
    Case(
        "every two weeks, and that day is the last it is valid",
        date(2026, 12, 9),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W, valid_until=date(2026, 12, 9)),),
    ),
    Case(
        "every two weeks over the year's end",
        date(2027, 1, 13),
        "",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
        LONG,
    ),
    Case(
        "every two weeks over a year of 53 weeks",
        date(2027, 1, 20),
        "13:00",
        (win(2, "13:00", "13:20", every_weeks=2, valid_from=W),),
        LONG,
    ),
    Case(
        "valid until before it is valid from: never",
        W,
        "",
        (win(2, "13:00", "13:20", valid_from=THU, valid_until=TUE),),
    ),
]
