"""Photos of reports: decoded, re-encoded without metadata, stored outside the web root.

What was sent is never stored: only the pixels that Pillow decoded, as a new JPEG. The name and
the media type that were sent decide nothing.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, event
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import Attachment, Complaint
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.text import generate_token
from canais_app.settings import settings

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a decoded one takes 120 MB
MAX_SIDE = 2000  # pixels of what is stored: a screen stays legible
MAX_SCANS = 50  # of a JPEG: a progressive one has about ten, and each costs a pass over all pixels
FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
_QUALITY = 85
_decoders = threading.BoundedSemaphore(2)  # bounds the memory of photos sent at once


@dataclass(frozen=True)
class Photo:
    """A photo that is safe to store: a JPEG of our own making."""

    data: bytes


def prepare_photo(sent: bytes) -> Photo:
    """Decode a photo and encode it anew. Slow: call it outside the transaction.

    Raises:
        InvalidError: too large, or no image of a known format.
    """
    if len(sent) > MAX_BYTES:
        raise _refused("A foto passa de 5 MB: envie uma menor.")
    if sent.startswith(b"\xff\xd8") and sent.count(b"\xff\xda") > MAX_SCANS:
        raise _refused("Não lemos esta foto: envie JPEG, PNG ou WebP.")
    from PIL import Image

    with _decoders:
        try:
            with Image.open(BytesIO(sent), formats=FORMATS) as image:
                flat = _flatten(image) if image.width * image.height <= MAX_PIXELS else None
        except Exception:  # noqa: BLE001 (decoders raise anything on a hostile file)
            raise _refused("Não lemos esta foto: envie JPEG, PNG ou WebP.") from None
    if flat is None:
        raise _refused("A foto tem pontos demais: envie uma menor.")
    out = BytesIO()
    flat.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(out.getvalue())


def _flatten(image: "Image.Image") -> "Image.Image":
    """Return the first frame's pixels, upright, at most 2000 a side, on white."""
    from PIL import Image, ImageOps

    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    flat = Image.new("RGB", upright.size, "white")
    layer = upright.convert("RGBA")
    flat.paste(layer, mask=layer.getchannel("A"))
    return flat


def store_photo(session: Session, complaint: Complaint, photo: Photo, *, now: datetime) -> None:
    """Store a photo of a complaint; a file whose transaction fails is swept by night."""
    assert complaint.id is not None  # noqa: S101 (a stored row)
    name = f"{generate_token()}.jpg"
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / name).write_bytes(photo.data)
    session.add(
        Attachment(
            complaint_id=complaint.id,
            file_name=name,
            media_type=MEDIA_TYPE,
            size=len(photo.data),
            created_at=now,
        )
    )
    session.flush()


def read_photo(session: Session, actor: Actor, attachment_id: int, *, now: datetime) -> bytes:
    """Return a photo to staff; the reading is audited, as it may show a person.

    Raises:
        NotFoundError: no such photo, or it was removed.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    row = session.get(Attachment, attachment_id)
    path = _folder() / row.file_name if row else None
    if row is None or path is None or not path.is_file():
        raise NotFoundError("Esta foto não existe mais.")
    complaint = session.get_one(Complaint, row.complaint_id)
    changes = {"foto": ["", row.id]}
    entity = "reclamação"
    audit.record_entry(session, actor, "abriu foto", entity, complaint.protocol, changes, now=now)
    return path.read_bytes()


def list_photos(session: Session, complaint_id: int) -> Sequence[Attachment]:
    """Return the photos of a complaint."""
    query = select(Attachment).where(col(Attachment.complaint_id) == complaint_id)
    return session.exec(query.order_by(col(Attachment.id))).all()


def delete_photos(session: Session, complaint_ids: Iterable[int | None]) -> int:
    """Delete the photos of some complaints; return how many.

    The files go once the transaction is committed.
    """
    chosen = col(Attachment.complaint_id).in_(list(complaint_ids))
    names = session.exec(select(Attachment.file_name).where(chosen)).all()
    if names:
        session.connection().execute(delete(Attachment).where(chosen))
        event.listen(session, "after_commit", lambda _session: delete_files(names), once=True)
    return len(names)


def find_stray_files(session: Session, *, now: datetime) -> list[str]:
    """Return the files that no committed row names, older than an hour: for `delete_files`."""
    names = set(session.exec(select(Attachment.file_name)).all())
    before = (now - timedelta(hours=1)).timestamp()
    return [
        path.name
        for path in _folder().glob("*.jpg")
        if path.name not in names and path.stat().st_mtime < before
    ]


def delete_files(names: Iterable[str]) -> None:
    """Delete files of photos; one that is gone already is no error."""
    for name in names:
        (_folder() / name).unlink(missing_ok=True)


def _folder() -> Path:
    return settings().var_dir / "anexos"


def _refused(sentence: str) -> InvalidError:
    return InvalidError(sentence, {"photo": sentence})
