"""What the screens of administration offer for download: to the browser's cookie, read only."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from canais_app import routes
from canais_app.accounts import cookies, queries
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.admin import audit_queries
from canais_app.admin.audit_queries import AuditFilter
from canais_app.directory.editing import verification
from canais_app.directory.editing.verification import AgeFilter
from canais_app.kit import clock, db, export

router = APIRouter(include_in_schema=False)


async def cookie_actor(request: Request) -> Actor:
    """Return who holds the browser's session; the public when nobody does."""
    token = request.cookies.get(cookies.SESSION_COOKIE, "")
    return await db.read(queries.actor_of_session_token, token, now=clock.now())


CookieActor = Annotated[Actor, Depends(cookie_actor)]


@router.get(routes.AUDIT_EXPORT)
def export_audit(who: CookieActor, wanted: Annotated[AuditFilter, Query()]) -> StreamingResponse:
    """Return the entries as CSV, streamed."""
    require_permission(who, Permission.SEE_AUDIT)

    def lines() -> Iterator[str]:
        with db.read_transaction() as session:
            yield from audit_queries.csv_chunks(session, wanted, actor=who)

    return _file("auditoria", lines())


@router.get(routes.CONTACTS_EXPORT)
def export_contacts(who: CookieActor, asked: Annotated[AgeFilter, Query()]) -> StreamingResponse:
    """Return the table of how old contacts are or, for a figure, the contacts behind it."""
    require_permission(who, Permission.SHAPE_DIRECTORY)
    now = clock.now()

    def lines() -> Iterator[str]:
        with db.read_transaction() as session:
            if asked.comarca or asked.idade:
                place, age = asked.comarca, asked.idade
                yield from verification.export_stale_contacts_csv(
                    session, place, age, actor=who, now=now
                )
            else:
                yield from verification.export_age_table_csv(session, actor=who, now=now)

    return _file("contatos", lines())


def _file(subject: str, lines: Iterator[str]) -> StreamingResponse:
    name = f"{subject}-{clock.to_local_day(clock.now()).isoformat()}.csv"
    sent = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type=export.CSV_MEDIA, headers=sent)
