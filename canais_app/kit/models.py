"""The base of all tables, and the table of live topics that other processes poll (SQLite)."""

import re
from datetime import datetime

from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel


class Table(SQLModel):
    """A table, named as its class: `StaffRole` is `staff_role`."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 # pyright: ignore[reportIncompatibleVariableOverride]
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


class LiveChange(Table, table=True):
    """One topic emitted by one committed transaction."""

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=120)
    origin: str = Field(default="", max_length=32)  # the process that emitted it
    at: datetime = Field(index=True)
