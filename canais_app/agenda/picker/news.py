"""What has just changed on a board, in words, for whoever looks at it."""

from dataclasses import dataclass

from canais_app.agenda.picker.view import HalfDay

SLOT_FREE, SLOT_HELD, SLOT_TAKEN = "free", "held", "taken"
_MAX_ROOMS = 1000


class SlotStatusCache:
    """The marks each room last showed, so that a change can be said."""

    def __init__(self) -> None:
        self.marks: dict[str, dict[str, str]] = {}

    def set_default(self, room: str, marks: dict[str, str], *, watched: bool) -> None:
        """Remember what a room shows to the first who comes.

        Where others watch, the change is still to be said to them: it is not forgotten here,
        by whoever made it and looks again, before the room has heard of it.
        """
        if not watched or room not in self.marks:
            self.swap(room, marks)

    def swap(self, room: str, marks: dict[str, str]) -> dict[str, str]:
        """Remember a room's marks and return those before."""
        if len(self.marks) > _MAX_ROOMS:
            self.marks.clear()
        before = self.marks.get(room, marks)
        self.marks[room] = marks
        return before


@dataclass
class LatestChange:
    """The last thing that changed on a board: where, and what it is now."""

    day: str = ""
    label: str = ""
    words: str = ""


_CHANGE_TEXTS = {
    SLOT_TAKEN: "{label} acabou de ser reservado por outra pessoa.",
    SLOT_HELD: "{label} está em preenchimento por outra pessoa.",
    SLOT_FREE: "{label} voltou a ficar livre.",
}


def describe_change(
    before: dict[str, str], after: dict[str, str], listed: dict[str, list[HalfDay]]
) -> LatestChange:
    """Say what changed between two sets of marks; what was taken weighs most."""
    changed = [
        (after.get(name, SLOT_FREE), name)
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    ]
    weight = (SLOT_TAKEN, SLOT_HELD, SLOT_FREE)
    for status, name in sorted(changed, key=lambda one: (weight.index(one[0]), one[1])):
        day, _, label = name.partition(" ")
        if any(label in turn.times for turn in listed.get(day, [])):
            return LatestChange(day, label, _CHANGE_TEXTS[status].format(label=label))
    return LatestChange()
