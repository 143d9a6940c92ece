"""Bugs that users of peers reported about which times are offered; each is a row of a table.

The source is the peer's issue, the rules and what is taken are its input, `starts` what is right.
"""

from datetime import date, datetime, timedelta

from tests.agenda.slots.cases import (
    FEB17,
    FULL,
    NOV4,
    NOW,
    SAT,
    THEN,
    THEN2,
    THU,
    TUE,
    Case,
    W,
    at,
    busy,
    own,
    span,
    win,
)

CAL, EASY, RDV = (
    "calcom/cal.diy#",
    "alextselegidis/easyappointments#",
    "betagouv/rdv-service-public#",
)
NEXT, INDICO = "SergeyMosin/Appointments#", "indico/indico#"
HOUR = {"slot": 60, "step": 60}
WEEK_AHEAD = date(2026, 12, 2)
HOLIDAY = date(2026, 12, 8)  # Dia da Justiça, a Tuesday


def morning(day: date, hour: int = 9) -> datetime:
    return at(day, f"{hour:02d}:00")


CASES = [
    # what is booked is not offered
    Case(
        CAL + "2342 a booked time is still listed",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        taken=(busy(W, "13:00", "13:20"),),
    ),
    Case(
        CAL + "6032 a conflict is listed",
        W,
        "13:00 14:20 14:40",
        taken=(busy(W, "13:30", "14:10"),),
    ),
    Case(
        EASY + "939 the public page shows a busy hour",
        W,
        "13:00 15:00",
        (win(2, "13:00", "16:00"),),
        HOUR,
        (busy(W, "14:00", "15:00"),),
    ),
    Case(
        NEXT + "282 free beside a double booking",
        W,
        "13:00 13:20 14:20 14:40",
        taken=(busy(W, "13:40", "14:00"), busy(W, "13:40", "14:20", seat=1)),
    ),
    Case(NEXT + "149 a cancelled time comes back", W, FULL),
    Case(
        CAL + "7602 busy time from the middle of two slots",
        W,
        "13:00 13:20 14:20 14:40",
        taken=(busy(W, "13:50", "14:05"),),
    ),
    Case(CAL + "11070 booked after the window's end", W, FULL, taken=(busy(W, "15:00", "16:00"),)),
    # windows
    Case(
        CAL + "8371 two windows on one day",
        W,
        "09:00 09:20 13:00 13:20",
        (win(2, "09:00", "09:40"), win(2, "13:00", "13:40")),
    ),
    Case(
        CAL + "22226 the second window's grid begins with it",
        W,
        "08:00 09:00 10:00 11:00 12:30 13:30 14:30 15:30 16:30",
        (win(2, "08:00", "12:00"), win(2, "12:30", "17:30")),
        HOUR,
    ),
    Case(
        CAL + "22227 a half-hour start keeps its own grid",
        W,
        "12:30 13:30",
        (win(2, "12:30", "14:30"),),
        HOUR,
    ),
    Case(
        CAL + "1253 starts every quarter from half past nine",
        W,
        "09:30 09:45 10:00 10:15 10:30",
        (win(2, "09:30", "11:30"),),
        {"slot": 60, "step": 15},
    ),
    Case(
        CAL + "10164 long slots in an interrupted day",
        W,
        "08:30 13:00",
        (win(2, "08:30", "11:45"), win(2, "13:00", "16:15")),
        {"slot": 195, "step": 195},
    ),
    Case(
        CAL + "11744 four hours fit twice into five",
        W,
        "15:00 16:00",
        (win(2, "15:00", "20:00"),),
        {"slot": 240, "step": 60},
    ),
    Case(
        CAL + "1994 an hour from half past twelve",
        W,
        "12:30 14:00",
        (win(2, "12:30", "13:30"), win(2, "14:00", "15:00")),
        HOUR,
    ),
    Case(
        CAL + "15234 forty-five minutes in two hours",
        W,
        "13:00 13:45",
        rules={"slot": 45, "step": 45},
    ),
    Case(
        CAL + "2079 the last start leaves time to end",
        W,
        "10:00 10:15 10:30 10:45 11:00",
        (win(2, "10:00", "12:00"),),
        {"slot": 60, "step": 15},
    ),
    Case("adamspd/django-appointment#497 no start past closing time", W, "13:00 14:00", rules=HOUR),
    Case(
        RDV + "3974 a slot as long as its window",
        W,
        "09:00",
        (win(2, "09:00", "09:45"),),
        {"slot": 45, "step": 45},
    ),
    Case(
        RDV + "4158 only within the window",
        W,
        "10:15 10:35 10:55 11:15",
        (win(2, "10:15", "11:45"),),
    ),
    Case(RDV + "1340 two windows on the same hours", W, FULL, (win(2), win(2))),
    Case(
        CAL + "18479 ten hours are ten slots",
        W,
        "10:00 11:00 12:00 13:00 14:00 15:00 16:00 17:00 18:00 19:00",
        (win(2, "10:00", "20:00"),),
        HOUR,
    ),
    # midnight
    Case(
        CAL + "5587 the last slot before midnight",
        W,
        "22:30 23:00",
        (win(2, "22:30", "24:00"),),
        {"slot": 60, "step": 30},
    ),
    Case(
        CAL + "30128 a special day until midnight",
        W,
        "23:00 23:20 23:40",
        rules={"overrides": {W: own("23:00-24:00")}},
    ),
    Case(
        CAL + "9391 times after nine in the evening",
        W,
        "21:00 21:20 21:40",
        (win(2, "21:00", "22:00"),),
    ),
    Case(
        CAL + "10254 a special evening stays on its day",
        THU,
        "",
        rules={"overrides": {W: own("22:00-23:00")}},
    ),
    # buffers
    Case(
        CAL + "693 an hour's buffer in three hours",
        W,
        "17:00",
        (win(2, "15:00", "18:00"),),
        HOUR | {"after": 60},
        (busy(W, "15:00", "17:00"),),
    ),
    Case(
        CAL + "3662 a buffer before and one after",
        W,
        "13:00 17:00",
        (win(2, "13:00", "18:00"),),
        HOUR | {"before": 60, "after": 60},
        (busy(W, "15:00", "16:00"),),
        NOW,
    ),
    Case(
        EASY + "1224 buffers around what is booked",
        W,
        "13:00 14:20 14:40",
        rules={"before": 10, "after": 10},
        taken=(busy(W, "13:40", "14:00"),),
    ),
    Case(
        "odoo/odoo#158337 no two in a row with a buffer",
        W,
        "13:40 14:00 14:20 14:40",
        rules={"after": 15},
        taken=(busy(W, "13:00", "13:35"),),
    ),
    Case(
        "thunderbird/appointment#1164 the next after the buffer",
        W,
        "08:30 08:45",
        (win(2, "08:00", "09:00"),),
        {"slot": 15, "step": 15, "after": 15},
        (busy(W, "08:00", "08:30"),),
    ),
    Case(
        "Crocoblock/suggestions#2979 the buffer is not bookable",
        W,
        "13:40 14:00 14:20 14:40",
        rules={"after": 20},
        taken=(busy(W, "13:00", "13:40"),),
    ),
    Case(
        EASY + "297 a break after each, also after an odd time",
        W,
        "13:00 14:00 14:20 14:40",
        rules={"after": 10},
        taken=(busy(W, "13:35", "13:55"),),
    ),
    # blocks and closed days
    Case(
        RDV + "1939 an absence hides its times",
        W,
        "13:00 13:20",
        rules={"blocks": (span(W, "13:40", "15:00"),)},
    ),
    Case(
        RDV + "4441 what a block and a booking share is lost once",
        W,
        "14:20 14:40",
        rules={"blocks": (span(W, "13:00", "13:30"),)},
        taken=(busy(W, "13:00", "14:20"),),
    ),
    Case(
        RDV + "2055 the block's last day is blocked too",
        W,
        "",
        rules={"blocks": (span(TUE, "08:00", "12:00")[:1] + span(W, "12:00", "18:00")[1:],)},
    ),
    Case(
        EASY + "552 a vacation of several days",
        W,
        "",
        (win(2),),
        {"blocks": (span(TUE, "00:00", "01:00")[:1] + span(SAT, "00:00", "01:00")[1:],)},
    ),
    Case(
        EASY + "1043 a block holds for all seats",
        W,
        "14:00 14:20 14:40",
        rules={"capacity": 3, "blocks": (span(W, "13:00", "14:00"),)},
    ),
    Case(
        EASY + "453 unavailable with several customers",
        W,
        "",
        rules={"capacity": 2, "blocks": (span(W, "13:00", "15:00"),)},
    ),
    Case(INDICO + "1722 a closed day offers nothing", HOLIDAY, "", (win(1),), {"horizon": 60}),
    Case(
        INDICO + "1658 a part of the day is closed",
        date(2026, 12, 1),
        "13:00 13:20 13:40",
        (win(1),),
        {"horizon": 60},
    ),
    Case(
        INDICO + "1152 two blocks at once",
        W,
        "14:40",
        rules={"blocks": (span(W, "13:00", "14:20"), span(W, "13:30", "14:40"))},
    ),
    Case(EASY + "352 a day off", W, "", rules={"overrides": {W: ()}}),
    Case(
        EASY + "1031 only the days opened one by one",
        SAT,
        "10:00 10:20 10:40",
        (),
        {"overrides": {SAT: own("10:00-11:00")}},
    ),
    Case(
        RDV + "3019 an exceptional window of its own",
        SAT,
        "09:00 09:20",
        (win(2),),
        {"overrides": {SAT: own("09:00-09:40")}},
    ),
    # notice and horizon
    Case(
        CAL + "14465 nothing nearer than the notice",
        W,
        "14:40",
        rules={"notice": 120},
        now=at(W, "12:40"),
    ),
    Case(
        NEXT + "99 eight o'clock cannot be booked at one minute to",
        W,
        "08:20 08:40",
        (win(2, "08:00", "09:00"),),
        {"notice": 10},
        now=at(W, "07:59"),
    ),
    Case(
        CAL + "12137 the notice ends on another day",
        W,
        "13:00 13:20 13:40 14:00 14:20 14:40",
        rules={"notice": 24 * 60},
        now=at(TUE, "13:00"),
    ),
    Case(
        CAL + "11855 with a day's notice nothing today",
        W,
        "",
        rules={"notice": 1440},
        now=at(W, "08:00"),
    ),
    Case(
        CAL + "384 the notice runs into the next day",
        W,
        "13:40 14:00 14:20 14:40",
        (win(2),),
        {"notice": 1440},
        now=at(TUE, "13:30"),
    ),
    Case(
        CAL + "14915 no day beyond the horizon",
        WEEK_AHEAD,
        "",
        rules={"horizon": 7},
        now=morning(TUE),
    ),
    Case(
        "rbbydotdev/someday#21 the horizon's last day counts",
        WEEK_AHEAD,
        FULL,
        rules={"horizon": 8},
        now=morning(TUE),
    ),
    # limits of a day
    Case(
        CAL + "13919 a day whose limit is reached",
        W,
        "",
        rules={"max_per_day": 1},
        taken=(busy(W, "13:00", "13:20"),),
    ),
    Case(CAL + "5941 one a day, with none", W, FULL, rules={"max_per_day": 1}),
    Case(
        CAL + "10361 the limit does not reach the next day",
        W,
        FULL,
        rules={"max_per_day": 1},
        taken=(busy(TUE, "13:00", "13:20"),),
    ),
    Case(
        CAL + "17221 seats left below the day's limit",
        W,
        FULL,
        rules={"capacity": 5, "max_per_day": 5},
        taken=(busy(W, "13:00", "13:20"),),
    ),
    # seats
    Case(
        NEXT + "354 two at once, one of them booked",
        W,
        FULL,
        rules={"capacity": 2},
        taken=(busy(W, "13:00", "13:20"),),
    ),
    Case(
        NEXT + "648 the last of ten is free",
        W,
        FULL,
        rules={"capacity": 10},
        taken=tuple(busy(W, "13:00", "13:20", seat=n) for n in range(9)),
    ),
    Case(
        NEXT + "648b all ten are taken",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"capacity": 10},
        taken=tuple(busy(W, "13:00", "13:20", seat=n) for n in range(10)),
    ),
    # clocks that change
    Case(
        CAL + "30021 an afternoon on a day that changes",
        NOV4,
        "13:00 13:20 13:40",
        (win(6, "13:00", "14:00"),),
        {"horizon": 60},
        now=THEN,
    ),
    Case(
        CAL + "10517 a morning after the change",
        date(2018, 11, 5),
        "09:00 09:20 09:40",
        (win(0, "09:00", "10:00"),),
        {"horizon": 60},
        now=THEN,
    ),
    Case(
        CAL + "1092 the day the clock goes back",
        FEB17,
        "13:00 13:20 13:40",
        (win(6, "13:00", "14:00"),),
        {"horizon": 60},
        now=THEN2,
    ),
    Case(
        CAL + "4702 a week after the change",
        date(2018, 11, 12),
        "07:40 08:00",
        (win(0, "07:40", "08:20"),),
        {"horizon": 60},
        now=THEN,
    ),
    Case(
        "YosemiteCrew/Yosemite-Crew#3140 the offset is that of the day",
        date(2019, 2, 18),
        "13:00 13:20",
        (win(0, "13:00", "13:40"),),
        {"horizon": 60},
        now=THEN2,
    ),
    # repeats
    Case(
        CAL + "10402 a week that ends in the next month",
        date(2026, 12, 2),
        FULL,
        (win(2, every_weeks=2, valid_from=W - timedelta(days=7)),),
        {"horizon": 60},
    ),
    Case(
        CAL + "15997 every second week only",
        W,
        "",
        (win(2, every_weeks=2, valid_from=W - timedelta(days=7)),),
        {"horizon": 60},
    ),
]
