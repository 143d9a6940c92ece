"""Announcements of live pages when their notices change."""

from collections.abc import Sequence

from canais_app.directory.views import NoticeView
from canais_app.kit.last_shown import LastShown
from canais_app.kit.text import pluralise


class NoticeAnnouncer:
    """The notices that each room last showed."""

    def __init__(self) -> None:
        self._shown = LastShown[dict[str, NoticeView]]()

    def announce_changes(self, room: str, notices: Sequence[NoticeView]) -> str:
        """Store the notices that a room shows now; return an announcement of the changes.

        An unknown room is compared with the notices of its topic, `finder:all`.
        """
        after = {notice.uid: notice for notice in notices}
        before = self._shown.get(room, self._shown.get(room.partition("#")[0], after))
        self._shown.swap(room, after)
        changed = [notice for notice in notices if before.get(notice.uid) != notice]
        gone = [notice for uid, notice in before.items() if uid not in after]
        return _announcement(changed, gone)


def _announcement(changed: Sequence[NoticeView], gone: Sequence[NoticeView]) -> str:
    if len(changed) + len(gone) > 1:
        return f"{pluralise(len(changed) + len(gone), 'aviso mudou', 'avisos mudaram')}."
    for notice in changed:
        return f"Aviso: {notice.kind_name}, {notice.scope}. {notice.text}"
    for notice in gone:
        return f"Aviso encerrado: {notice.kind_name}, {notice.scope}."
    return ""


notice_announcer = NoticeAnnouncer()
