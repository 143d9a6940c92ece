"""The limits as a table: existing appointments and a request in, the refused field out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from canais_app.agenda.availability.limits import ExistingBooking, Limits, find_exceeded_limit
from canais_app.kit import clock

TUE, WED = date(2026, 11, 24), date(2026, 11, 25)
ME, ANOTHER = "MT000001", "MT000002"
CASE, OTHER_CASE = "0" * 19 + "1", "0" * 19 + "2"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.from_wall_clock(day, hour, minute)


NOW, WISHED = at(TUE, 12), at(WED, 14)
NONE = Limits(0, 0, 0, 0)


@dataclass(frozen=True)
class Row:
    """One more for me, on Wednesday at 14h, about a case, unless said otherwise."""

    name: str
    limits: Limits
    standing: tuple[ExistingBooking, ...]
    refused: str = ""
    start: datetime = WISHED
    case_number: str = CASE


def mine(start: datetime, case_number: str = "") -> ExistingBooking:
    return ExistingBooking(start, ME, case_number)


ROWS = (
    Row("nothing stands", Limits(1, 1, 1, 1), ()),
    Row("no limits at all", NONE, (mine(at(WED, 13), CASE),) * 9),
    # per day
    Row("one a day, and one stands", Limits(1, 0, 0, 0), (mine(at(WED, 13)),), "oab_number"),
    Row("two a day, and one stands", Limits(2, 0, 0, 0), (mine(at(WED, 13)),)),
    Row("two a day, and two stand", Limits(2, 0, 0, 0), (mine(at(WED, 13)),) * 2, "oab_number"),
    Row("one a day, the day before", Limits(1, 0, 0, 0), (mine(at(TUE, 13)),)),
    Row("another's is not mine", Limits(1, 1, 1, 0), (ExistingBooking(at(WED, 13), ANOTHER),)),
    Row(
        "the day is the court's: late on Wednesday is Thursday in UTC",
        Limits(1, 0, 0, 0),
        (mine(at(WED, 21)),),
        "oab_number",
    ),
    Row("and late on Tuesday is not Wednesday", Limits(1, 0, 0, 0), (mine(at(TUE, 23)),)),
    Row("what is over counts for its day", Limits(1, 0, 0, 0), (mine(at(TUE, 9)),), "oab_number",
        start=at(TUE, 15)),
    # per month
    Row("one a month, on another day", Limits(0, 1, 0, 0), (mine(at(TUE, 13)),), "oab_number"),
    Row("one a month, in the next", Limits(0, 1, 0, 0), (mine(at(date(2026, 12, 1), 0)),)),
    Row("the month is the court's too", Limits(0, 1, 0, 0), (mine(at(date(2026, 11, 30), 23)),),
        "oab_number"),
    Row("the same month of another year", Limits(0, 1, 0, 0), (mine(at(date(2027, 11, 25), 14)),)),
    # active at once
    Row("one at once, and one to come", Limits(0, 0, 1, 0), (mine(at(WED, 9)),), "oab_number"),
    Row("one that begins this moment is no longer to come", Limits(0, 0, 1, 0), (mine(NOW),)),
    Row("one that begins in a second is", Limits(0, 0, 1, 0),
        (mine(NOW + timedelta(seconds=1)),), "oab_number"),
    Row("one that is over", Limits(0, 0, 1, 0), (mine(at(TUE, 9)),)),
    Row("three at once, and two to come", Limits(0, 0, 3, 0), (mine(at(WED, 9)),) * 2),
    # per case
    Row("one per case, and another lawyer has it", Limits(0, 0, 0, 1),
        (ExistingBooking(at(TUE, 15), ANOTHER, CASE),), "case_number"),
    Row("one per case, another case", Limits(0, 0, 0, 1), (mine(at(TUE, 15), OTHER_CASE),)),
    Row("one per case, and that is over", Limits(0, 0, 0, 1), (mine(at(TUE, 9), CASE),)),
    Row("two per case", Limits(0, 0, 0, 2), (mine(at(TUE, 15), CASE),)),
    Row("without a case there is no such limit", Limits(0, 0, 0, 1), (mine(at(TUE, 15)),),
        case_number=""),
    # which is said first
    Row("the day before the case", Limits(1, 0, 0, 1), (mine(at(WED, 13), CASE),), "oab_number"),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_limits(row: Row) -> None:
    found = find_exceeded_limit(
        row.limits,
        list(row.standing),
        start=row.start,
        oab=ME,
        case_number=row.case_number,
        now=NOW,
    )
    assert (found or ("", ""))[0] == row.refused
    if found:
        assert found[1].endswith(".")
