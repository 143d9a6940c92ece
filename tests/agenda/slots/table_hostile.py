"""Rules at their edges: midnight, long buffers, changed capacity, recess, the horizon's end."""

from datetime import date

from canais_app.agenda.availability.slots import TakenSpan
from tests.agenda.slots.cases import FULL, LONG, SAT, THU, TUE, Case, W, at, busy, own, span, win

LATE = (win(2, "23:00", "24:00"),)
EARLY = (win(2, "00:00", "01:00"),)
HOLIDAY = date(2026, 12, 8)
AFTER_HOLIDAY = date(2026, 12, 9)  # a Wednesday

CASES = [
    # midnight
    Case("a window until midnight gives its last slot", W, "23:00 23:20 23:40", LATE),
    Case(
        "a long slot does not cross midnight",
        W,
        "22:30",
        (win(2, "22:30", "24:00"),),
        {"slot": 50, "step": 50},
    ),
    Case("a window from midnight", W, "00:00 00:20 00:40", EARLY),
    Case(
        "yesterday's last appointment blocks the first with its buffer",
        W,
        "00:40",
        EARLY,
        taken=(TakenSpan(0, at(TUE, "23:40"), at(W, "00:30"), day=TUE),),
    ),
    Case(
        "one's own buffer reaches back over midnight",
        W,
        "00:40",
        EARLY,
        {"before": 30},
        (TakenSpan(0, at(TUE, "23:40"), at(W, "0"), day=TUE),),
    ),
    Case(
        "and forward into the next day",
        W,
        "23:00",
        LATE,
        {"after": 30},
        (busy(THU, "00:00", "00:20"),),
    ),
    Case(
        "a block over midnight ends inside a slot",
        W,
        "13:40 14:00 14:20 14:40",
        rules={"blocks": ((at(TUE, "22:00"), at(W, "13:30")),)},
    ),
    Case(
        "own hours until midnight",
        W,
        "23:00 23:20 23:40",
        rules={"overrides": {W: own("23:00-24:00")}},
    ),
    # no daylight saving since 2019: the days on which it began and ended are ordinary
    Case(
        "the Sunday that had no midnight",
        date(2027, 11, 7),
        "00:00 00:20 00:40",
        (win(6, "00:00", "01:00"),),
        LONG,
    ),
    Case(
        "the Saturday that had 23h twice",
        date(2027, 2, 20),
        "22:00 22:20 22:40 23:00 23:20 23:40",
        (win(5, "22:00", "24:00"),),
        LONG,
    ),
    # buffers longer than the slot
    Case(
        "a long buffer behind an appointment",
        W,
        "14:20 14:40",
        rules={"after": 45},
        taken=(busy(W, "13:00", "14:05"),),
    ),
    Case(
        "a long buffer before an appointment",
        W,
        "13:00",
        rules={"before": 45},
        taken=(busy(W, "13:35", "14:40"),),
    ),
    Case(
        "an hour on both sides of one appointment leaves none",
        W,
        "",
        rules={"before": 60, "after": 60},
        taken=(busy(W, "13:00", "15:20"),),
        state="full",
    ),
    Case(
        "a new buffer keeps clear of an old appointment without one",
        W,
        "13:00 14:00 14:20 14:40",
        rules={"after": 20},
        taken=(busy(W, "13:40", "14:00"),),
    ),
    Case(
        "an old appointment keeps the buffer it was booked with",
        W,
        "13:00 13:20 14:20 14:40",
        taken=(busy(W, "13:40", "14:20"),),
    ),
    # capacity changed while seats are booked
    Case(
        "three seats became one, and the third is booked",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        taken=(busy(W, "13:00", "13:20", seat=2),),
    ),
    Case(
        "two seats, one of them and a former one booked",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"capacity": 2},
        taken=(busy(W, "13:00", "13:20"), busy(W, "13:00", "13:20", seat=5)),
    ),
    Case(
        "three seats, one of them and a former one booked",
        W,
        FULL,
        rules={"capacity": 3},
        taken=(busy(W, "13:00", "13:20"), busy(W, "13:00", "13:20", seat=5)),
    ),
    Case(
        "a second seat opens a full day",
        W,
        FULL,
        rules={"capacity": 2},
        taken=(busy(W, "13:00", "15:00"),),
    ),
    Case(
        "two short appointments in one seat take one seat",
        W,
        FULL,
        rules={"capacity": 2},
        taken=(busy(W, "13:00", "13:10"), busy(W, "13:10", "13:20")),
    ),
    Case(
        "one closed seat of three leaves two",
        W,
        FULL,
        rules={"capacity": 3},
        taken=(busy(W, "13:00", "13:20", seat=1, is_active=False, is_closed=True),),
    ),
    # the day's limit
    Case(
        "a hold counts for the day's limit",
        W,
        "",
        rules={"max_per_day": 2},
        taken=(busy(W, "13:00", "13:20"), busy(W, "14:00", "14:20", is_hold=True)),
        state="full",
    ),
    Case(
        "an appointment of the day before does not",
        W,
        "00:40",
        EARLY,
        {"max_per_day": 1},
        (TakenSpan(0, at(TUE, "23:40"), at(W, "00:30"), day=TUE),),
    ),
    Case(
        "a cancelled one that waits for its release does not",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"max_per_day": 1},
        taken=(busy(W, "13:00", "13:20", is_active=False),),
    ),
    # blocks and the gabinete's own calendar
    Case(
        "a block of one minute",
        W,
        "13:00 13:20 14:00 14:20 14:40",
        rules={"blocks": (span(W, "13:59", "14:00"),)},
    ),
    Case(
        "a block touches two slots and takes neither",
        W,
        "13:00 13:40 14:00 14:20 14:40",
        rules={"blocks": (span(W, "13:20", "13:40"),)},
    ),
    Case(
        "busy for five minutes",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"busy": (span(W, "13:10", "13:15"),)},
    ),
    Case("busy all day", W, "", rules={"busy": ((at(W, "0"), at(THU, "0")),)}, state="none"),
    # recess and holidays
    Case("the Saturday before the recess", date(2026, 12, 19), FULL, (win(5),), LONG),
    Case("the Sunday on which it begins", date(2026, 12, 20), "", (win(6),), LONG, state="closed"),
    Case("the Thursday after it", date(2027, 1, 7), FULL, (win(3),), LONG),
    Case(
        "own hours do not open the recess",
        date(2026, 12, 23),
        "",
        (win(2),),
        LONG | {"overrides": {date(2026, 12, 23): own("13:00-14:00")}},
        state="closed",
    ),
    Case(
        "own hours on a holiday that the gabinete works",
        HOLIDAY,
        "09:00 09:20",
        (win(1),),
        {"overrides": {HOLIDAY: own("09:00-09:40")}, "opt_outs": frozenset({HOLIDAY})},
    ),
    # notice: hours of the clock, holidays too
    Case(
        "a day's notice runs through the holiday",
        AFTER_HOLIDAY,
        "13:40 14:00 14:20 14:40",
        rules={"notice": 1440},
        now=at(HOLIDAY, "13:30"),
    ),
    Case(
        "a start exactly at the notice's end can be booked",
        AFTER_HOLIDAY,
        "13:40 14:00 14:20 14:40",
        rules={"notice": 1440},
        now=at(HOLIDAY, "13:40"),
    ),
    Case(
        "a minute later it cannot",
        AFTER_HOLIDAY,
        "14:00 14:20 14:40",
        rules={"notice": 1440},
        now=at(HOLIDAY, "13:41"),
    ),
    Case("a notice longer than the horizon", W, "", rules={"notice": 60 * 24 * 30}),
    # the horizon
    Case("a horizon of no days is today", W, FULL, rules={"horizon": 0}, now=at(W, "9:00")),
    Case("and not tomorrow", W, "", rules={"horizon": 0}, now=at(TUE, "23:59")),
    Case(
        "the last minute before the horizon's day",
        W,
        "",
        rules={"horizon": 8},
        now=at(date(2026, 11, 16), "23:59"),
    ),
    Case(
        "its midnight opens the whole day",
        W,
        FULL,
        rules={"horizon": 8},
        now=at(date(2026, 11, 17), "0"),
    ),
    Case(
        "three business days over the recess",
        date(2027, 1, 11),
        FULL,
        (win(0),),
        {"horizon": 3, "in_business_days": True},
        now=at(date(2026, 12, 18), "9:00"),
    ),
    Case(
        "and not a fourth",
        date(2027, 1, 12),
        "",
        (win(1),),
        {"horizon": 3, "in_business_days": True},
        now=at(date(2026, 12, 18), "9:00"),
    ),
    Case(
        "a Saturday before the one business day of the horizon",
        SAT,
        FULL,
        (win(5),),
        {"horizon": 1, "in_business_days": True},
        now=at(date(2026, 11, 27), "9:00"),
    ),
    # the grid
    Case(
        "one appointment of an hour where starts are every 20 minutes",
        W,
        "",
        rules={"slot": 60},
        taken=(busy(W, "13:20", "14:20"),),
        state="full",
    ),
    Case("starts every 45 minutes of slots of 20", W, "13:00 13:45 14:30", rules={"step": 45}),
    Case(
        "no slot crosses from one window into the next",
        W,
        "13:00 14:00",
        (win(2, "13:00", "14:00"), win(2, "14:00", "15:00")),
        {"slot": 40, "step": 40},
    ),
    Case(
        "a longer kind of attendance ends with the window",
        W,
        "13:00 13:20 13:40 14:00 14:20",
        rules={"slot": 40},
    ),
]
