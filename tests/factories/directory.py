"""Units as the tests need them: a small real-looking directory over the real comarcas."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, select

from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.directory.reference import load_reference
from canais_app.expediente.models import Notice
from canais_app.kit.text import slugify

VERIFIED_AT = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)


def make_comarca(session: Session, name: str) -> Comarca:
    return session.exec(select(Comarca).where(Comarca.name == name)).one()


def make_unit(
    session: Session, name: str, *, place: str = "Sinop", parent: Unit | None = None, **more: Any
) -> Unit:
    """Store a unit with a phone and an e-mail; `channels` adds (kind, value) pairs."""
    if session.exec(select(Comarca.id)).first() is None:
        load_reference(session)
    channels = more.pop("channels", ())
    where = make_comarca(session, place) if place else None
    values = {
        "code": slugify(name).upper()[:40],
        "slug": slugify(name),
        "kind": "vara",
        "degree": 1,
        "updated_at": VERIFIED_AT,
        "is_demo": True,
        **more,
    }
    row = Unit(name=name, comarca_id=where.id if where else None, **values)
    row.parent_id = parent.id if parent else None
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    for kind, value in (
        ("telefone", f"+556530{row.id:06d}"),
        ("email", f"{row.slug[:40]}@exemplo.invalid"),
        *channels,
    ):
        session.add(Channel(unit_id=row.id, kind=kind, value=value, verified_at=VERIFIED_AT))
    session.flush()
    return row


def make_small_directory(session: Session) -> dict[str, Unit]:
    """Sinop's juizado with its sectors, a vara in three places, the second degree."""
    zap, desk = (
        ("whatsapp", "+5566999990142"),
        ("balcao_virtual", "https://balcao.exemplo.invalid/1"),
    )
    jec = make_unit(
        session,
        "Juizado Especial Cível de Sinop",
        kind="juizado",
        competences=["juizado especial cível"],
        aliases=["JEC Sinop"],
    )
    return {
        "jec": jec,
        "registry": make_unit(
            session,
            "Juizado Especial Cível de Sinop — Secretaria",
            kind="secretaria",
            parent=jec,
            channels=[zap, desk],
            competences=["juizado especial cível"],
        ),
        "chambers": make_unit(
            session, "Juizado Especial Cível de Sinop — Gabinete", kind="gabinete", parent=jec
        ),
        "family": make_unit(
            session,
            "1ª Vara Especializada de Família e Sucessões de Cuiabá",
            place="Cuiabá",
            competences=["família e sucessões"],
        ),
        "civil": make_unit(
            session, "2ª Vara Cível de Rondonópolis", place="Rondonópolis", competences=["cível"]
        ),
        "jecrim": make_unit(
            session,
            "Juizado Especial Criminal de Várzea Grande",
            place="Várzea Grande",
            kind="juizado",
            competences=["juizado especial criminal"],
        ),
        "sole": make_unit(session, "Vara Única de Vera", place="Vera", competences=["vara única"]),
        "porto": make_unit(
            session,
            "Vara Única de Porto Alegre do Norte",
            place="Porto Alegre do Norte",
            competences=["vara única"],
        ),
        "forum": make_unit(
            session, "Diretoria do Foro de Sinop", kind="diretoria", aliases=["Fórum de Sinop"]
        ),
        "chamber": make_unit(
            session,
            "1ª Câmara de Direito Privado — Secretaria",
            place="",
            kind="secretaria",
            degree=2,
        ),
    }


def make_notice(session: Session, text: str, **more: Any) -> Notice:
    dated = {"starts_at": VERIFIED_AT, "published_at": VERIFIED_AT, "updated_at": VERIFIED_AT}
    row = Notice(**{"kind": "fechada", "text": text, **dated, **more})
    session.add(row)
    session.flush()
    return row
