"""Downloads of the administration screens and its entrance, authenticated by the session cookie."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, StreamingResponse

from canais_app import routes
from canais_app.accounts.frame.menu import menu_for
from canais_app.accounts.roles import Permission, require_permission
from canais_app.admin import audit_queries
from canais_app.admin.audit_queries import AuditFilter
from canais_app.api.deps import NO_STORE_HEADERS, CookieActor, attachment
from canais_app.directory.editing import verification
from canais_app.directory.editing.verification import AgeFilter
from canais_app.kit import clock, db, export

router = APIRouter(include_in_schema=False)


@router.get(routes.ADMIN)
async def open_administration(actor: CookieActor) -> RedirectResponse:
    """Redirect to the first area of the administration that the person may open."""
    if actor.staff_id is None:
        return RedirectResponse(f"{routes.SIGN_IN}?voltar={routes.ADMIN}", 303)
    areas = (entry.path for entry in menu_for(actor) if entry.path.startswith(f"{routes.ADMIN}/"))
    return RedirectResponse(next(areas, routes.STAFF_HOME), 303)


@router.get(routes.AUDIT_EXPORT)
def export_audit(actor: CookieActor, chosen: Annotated[AuditFilter, Query()]) -> StreamingResponse:
    """Stream the audit entries as CSV."""
    require_permission(actor, Permission.SEE_AUDIT)

    def chunks() -> Iterator[str]:
        with db.read_transaction() as session:
            yield from audit_queries.csv_chunks(session, chosen, actor=actor)

    return _file("auditoria", chunks())


@router.get(routes.CONTACTS_EXPORT)
def export_contacts(actor: CookieActor, chosen: Annotated[AgeFilter, Query()]) -> StreamingResponse:
    """Stream the table of contact ages or, for one of its figures, the contacts counted there."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    now = clock.now()

    def chunks() -> Iterator[str]:
        with db.read_transaction() as session:
            if chosen.comarca or chosen.idade:
                yield from verification.export_stale_contacts_csv(
                    session, chosen.comarca, chosen.idade, actor=actor, now=now
                )
            else:
                yield from verification.export_age_table_csv(session, actor=actor, now=now)

    return _file("contatos", chunks())


def _file(subject: str, chunks: Iterator[str]) -> StreamingResponse:
    name = f"{subject}-{clock.to_local_day(clock.now())}.csv"
    headers = NO_STORE_HEADERS | attachment(name)
    return StreamingResponse(chunks, media_type=export.CSV_MEDIA, headers=headers)
