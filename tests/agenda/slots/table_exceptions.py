"""Overrides, which replace the weekly windows of a day; and blocks."""

from datetime import date

from tests.agenda.slots.cases import FRI, FULL, MON, SAT, THU, TUE, Case, W, at, own, span, win

CASES = [
    # overrides
    Case(
        "an override replaces the day",
        W,
        "09:00 09:20",
        rules={"overrides": {W: own("09:00-09:40")}},
    ),
    Case(
        "an override of two spans",
        W,
        "09:00 16:00",
        rules={"overrides": {W: own("16:00-16:20", "09:00-09:20")}},
    ),
    Case(
        "an override without times closes the day",
        W,
        "",
        rules={"overrides": {W: ()}},
        state="none",
    ),
    Case(
        "an override opens a day without window",
        TUE,
        "10:00",
        rules={"overrides": {TUE: own("10:00-10:20")}},
    ),
    Case(
        "an override opens a Saturday", SAT, "10:00", rules={"overrides": {SAT: own("10:00-10:20")}}
    ),
    Case(
        "an override with its end first gives none",
        W,
        "",
        rules={"overrides": {W: own("10:00-09:00")}},
        state="none",
    ),
    Case("another day's override changes nothing", W, FULL, rules={"overrides": {TUE: ()}}),
    Case(
        "an override does not open a holiday",
        date(2026, 12, 8),
        "",
        (win(1),),
        {"overrides": {date(2026, 12, 8): own("10:00-11:00")}},
        state="closed",
    ),
    # blocks
    Case(
        "a block takes what it touches",
        W,
        "13:00 13:20 14:20 14:40",
        rules={"blocks": (span(W, "13:40", "14:20"),)},
    ),
    Case(
        "a block of one minute takes the slot",
        W,
        "13:00 13:40 14:00 14:20 14:40",
        rules={"blocks": (span(W, "13:39", "13:40"),)},
    ),
    Case(
        "a block that ends at the start leaves it",
        W,
        FULL,
        rules={"blocks": (span(W, "12:00", "13:00"),)},
    ),
    Case(
        "a block that begins at the end leaves it",
        W,
        FULL,
        rules={"blocks": (span(W, "15:00", "16:00"),)},
    ),
    Case(
        "a block of the whole day",
        W,
        "",
        rules={"blocks": ((at(W, "0"), at(THU, "0")),)},
        state="none",
    ),
    Case(
        "a block over several days",
        W,
        "",
        rules={"blocks": ((at(MON, "8"), at(FRI, "8")),)},
        state="none",
    ),
    Case("an empty block takes nothing", W, FULL, rules={"blocks": (span(W, "13:20", "13:20"),)}),
    Case(
        "two blocks",
        W,
        "13:00 14:40",
        rules={"blocks": (span(W, "13:20", "14:00"), span(W, "14:00", "14:40"))},
    ),
    Case(
        "a block does not move the grid",
        W,
        "13:20 13:40 14:00 14:20 14:40",
        rules={"blocks": (span(W, "13:00", "13:05"),)},
    ),
    Case(
        "an override of a holiday that was opted out of",
        date(2026, 12, 8),
        "10:00 10:20",
        (win(1),),
        {
            "overrides": {date(2026, 12, 8): own("10:00-10:40")},
            "opt_outs": frozenset({date(2026, 12, 8)}),
        },
    ),
    Case(
        "an empty override closes a holiday that was opted out of",
        date(2026, 12, 8),
        "",
        (win(1),),
        {"overrides": {date(2026, 12, 8): ()}, "opt_outs": frozenset({date(2026, 12, 8)})},
    ),
    Case(
        "an override is cut by a closure",
        date(2026, 12, 1),
        "13:40 15:00",
        (win(1),),
        {"overrides": {date(2026, 12, 1): own("13:40-15:20")}},
    ),
    Case(
        "an override on a day its window does not recur",
        W,
        "10:00",
        (win(2, every_weeks=2, valid_from=date(2026, 11, 18)),),
        {"overrides": {W: own("10:00-10:20")}},
    ),
    Case("an override until midnight", W, "23:40", rules={"overrides": {W: own("23:40-24:00")}}),
    Case(
        "an override of touching spans is two grids",
        W,
        "10:00 10:30",
        rules={"overrides": {W: own("10:00-10:30", "10:30-11:00")}},
    ),
    Case(
        "an override beyond the horizon opens nothing",
        FRI,
        "",
        rules={"horizon": 10, "overrides": {FRI: own("10:00-10:20")}},
    ),
    Case(
        "a block inside an override",
        W,
        "10:00 10:40",
        rules={"overrides": {W: own("10:00-11:00")}, "blocks": (span(W, "10:20", "10:40"),)},
    ),
    Case(
        "an empty block within a slot takes nothing",
        W,
        FULL,
        rules={"blocks": (span(W, "13:30", "13:30"),)},
    ),
    Case(
        "a block with its end first takes nothing",
        W,
        FULL,
        rules={"blocks": (span(W, "14:00", "13:10"),)},
    ),
    Case(
        "a block until noon, and then the rest",
        W,
        "14:20 14:40",
        rules={"blocks": ((at(MON, "8"), at(W, "14:10")),)},
    ),
    Case(
        "overlapping blocks",
        W,
        "13:00 14:40",
        rules={"blocks": (span(W, "13:20", "14:10"), span(W, "14:00", "14:40"))},
    ),
    Case(
        "a block that touches only a buffer takes nothing",
        W,
        FULL,
        rules={"before": 30, "blocks": (span(W, "12:30", "13:00"),)},
    ),
]
