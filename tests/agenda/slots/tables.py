"""Every row of every table."""

from tests.agenda.slots import (
    table_closed,
    table_exceptions,
    table_grid,
    table_hostile,
    table_reach,
    table_recurrence,
    table_taken,
    table_zones,
)

TABLES = (
    table_grid,
    table_hostile,
    table_recurrence,
    table_exceptions,
    table_closed,
    table_taken,
    table_reach,
    table_zones,
)
CASES = [case for table in TABLES for case in table.CASES]
