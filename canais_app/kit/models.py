"""The table of live topics that other processes poll (SQLite)."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class LiveChange(SQLModel, table=True):
    """One topic emitted by one committed transaction."""

    __tablename__ = "live_change"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=120)
    origin: str = Field(default="", max_length=32)  # the process that emitted it
    at: datetime = Field(index=True)
