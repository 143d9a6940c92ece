"""What the court's calendar closes, and where."""

from datetime import date

from canais_app.expediente.calendar import Location
from tests.agenda.slots.cases import COMARCA, FRI, FULL, LONG, OTHER, THU, Case, W, win

CASES = [
    Case("a national holiday", date(2026, 12, 8), "", (win(1),), state="closed"),
    Case(
        "the holiday the magistrate opted out of",
        date(2026, 12, 8),
        FULL,
        (win(1),),
        {"opt_outs": frozenset({date(2026, 12, 8)})},
    ),
    Case(
        "opting out of another day does not help",
        date(2026, 12, 8),
        "",
        (win(1),),
        {"opt_outs": frozenset({W})},
        state="closed",
    ),
    Case("a municipal holiday of this comarca", THU, "", (win(3),), state="closed"),
    Case("not in another comarca", THU, FULL, (win(3),), place=Location(OTHER, 9)),
    Case("another comarca's holiday", FRI, FULL, (win(4),)),
    Case("recesso", date(2026, 12, 22), "", (win(1),), LONG, state="closed"),
    Case("the last day of recesso", date(2027, 1, 6), "", (win(2),), LONG, state="closed"),
    Case("suspended deadlines do not close", date(2027, 1, 7), FULL, (win(3),), LONG),
    Case(
        "Ash Wednesday opens at 13h",
        date(2027, 2, 10),
        "13:00 13:20",
        (win(2, "12:00", "13:40"),),
        LONG,
    ),
    Case(
        "the late opening does not move the grid",
        date(2027, 2, 10),
        "13:10 13:30",
        (win(2, "12:50", "13:50"),),
        LONG,
    ),
    Case("a closure by Portaria cuts the hour", date(2026, 12, 1), "13:00 13:20 13:40", (win(1),)),
    Case(
        "the slot that reaches into the closure goes too",
        date(2026, 12, 1),
        "13:10 13:30 15:10 15:30",
        (win(1, "13:10", "16:00"),),
    ),
    Case(
        "an opt-out is of holidays, not of closures",
        date(2026, 12, 1),
        "13:00 13:20 13:40",
        (win(1),),
        {"opt_outs": frozenset({date(2026, 12, 1)})},
    ),
    Case(
        "a closure without end",
        date(2027, 3, 3),
        "",
        (win(2),),
        LONG,
        place=Location(COMARCA, 7),
        state="closed",
    ),
    Case("of another unit", date(2027, 3, 3), FULL, (win(2),), LONG),
    Case(
        "an opt-out of one day of the recesso opens that day",
        date(2026, 12, 22),
        FULL,
        (win(1),),
        LONG | {"opt_outs": frozenset({date(2026, 12, 22)})},
    ),
    Case(
        "and not the next",
        date(2026, 12, 23),
        "",
        (win(2),),
        LONG | {"opt_outs": frozenset({date(2026, 12, 22)})},
        state="closed",
    ),
    Case("the day before the recesso", date(2026, 12, 18), FULL, (win(4),), LONG),
    Case("the last day of suspended deadlines", date(2027, 1, 20), FULL, (win(2),), LONG),
    Case(
        "an opt-out of Ash Wednesday opens the morning",
        date(2027, 2, 10),
        "12:00 12:20 12:40",
        (win(2, "12:00", "13:00"),),
        LONG | {"opt_outs": frozenset({date(2027, 2, 10)})},
    ),
    Case(
        "a window that ends when the late day opens",
        date(2027, 2, 10),
        "",
        (win(2, "12:00", "13:00"),),
        LONG,
        state="closed",
    ),
    Case(
        "the municipal holiday opted out of", THU, FULL, (win(3),), {"opt_outs": frozenset({THU})}
    ),
    Case(
        "a holiday of one comarca, at a unit of none", THU, FULL, (win(3),), place=Location(None, 5)
    ),
    Case(
        "a slot may end when the closure begins",
        date(2026, 12, 1),
        "13:40",
        (win(1, "13:40", "14:00"),),
    ),
    Case("and begin when it ends", date(2026, 12, 1), "15:00", (win(1, "15:00", "15:20"),)),
    Case(
        "the day before a closure without end",
        date(2027, 2, 24),
        FULL,
        (win(2),),
        LONG,
        place=Location(COMARCA, 7),
    ),
    Case(
        "an opt-out does not open a unit closed without end",
        date(2027, 3, 3),
        "",
        (win(2),),
        LONG | {"opt_outs": frozenset({date(2027, 3, 3)})},
        place=Location(COMARCA, 7),
        state="closed",
    ),
]
