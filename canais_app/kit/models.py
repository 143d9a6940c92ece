"""The change counter that other processes read to hear of live topics (SQLite)."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class LiveChange(SQLModel, table=True):
    """One topic touched by one committed transaction."""

    __tablename__ = "live_change"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=120)
    origin: str = Field(default="", max_length=32)  # the process that already heard it
    at: datetime = Field(index=True)
