"""Render notices and failures as Atom feeds (RFC 4287) with absolute links and permanent ids."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from canais_app import routes
from canais_app.complaints.public_status.feed import FeedEntry
from canais_app.directory.views import NoticeView
from canais_app.kit import clock

MEDIA_TYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
AUTHOR = "Poder Judiciário do Estado de Mato Grosso"
# Atom requires the date of the last change; an empty feed has none.
EMPTY_FEED_UPDATED = datetime(2026, 1, 1, tzinfo=UTC)


def render_atom(
    notices: Sequence[NoticeView], *, title: str, path: str, comarca: str, base: str
) -> bytes:
    """Return the document; `path` is its own, `comarca` the slug of its comarca, if any."""
    updated = max(map(_changed, notices), default=EMPTY_FEED_UPDATED)
    root = _feed(f"avisos/{comarca}", title, updated, base + path, base + routes.status(comarca))
    for notice in notices:
        root.append(_entry(notice, base))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def render_status_atom(
    entries: Sequence[FeedEntry], *, title: str, path: str, comarca: str, base: str
) -> bytes:
    """Return the document of public failures; arguments as of `render_atom`."""
    updated = max((entry.updated for entry in entries), default=EMPTY_FEED_UPDATED)
    root = _feed(f"situacao/{comarca}", title, updated, base + path, base + routes.status(comarca))
    for each in entries:
        entry = ET.SubElement(root, "entry")
        ET.SubElement(entry, "id").text = uuid5(NAMESPACE_URL, f"situacao/{each.key}").urn
        ET.SubElement(entry, "title").text = each.title
        ET.SubElement(entry, "published").text = _moment(each.published)
        ET.SubElement(entry, "updated").text = _moment(each.updated)
        ET.SubElement(entry, "category", {"term": each.term})
        _link(entry, "alternate", base + each.path, "text/html")
        ET.SubElement(entry, "summary", {"type": "text"}).text = each.summary
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _feed(key: str, title: str, updated: datetime, address: str, page: str) -> ET.Element:
    root = ET.Element("feed", {"xmlns": ATOM, LANGUAGE: "pt-BR"})
    ET.SubElement(root, "id").text = uuid5(NAMESPACE_URL, key).urn
    ET.SubElement(root, "title").text = title
    ET.SubElement(root, "updated").text = _moment(updated)
    ET.SubElement(ET.SubElement(root, "author"), "name").text = AUTHOR
    _link(root, "self", address, MEDIA_TYPE)
    _link(root, "alternate", page, "text/html")
    return root


def _entry(notice: NoticeView, base: str) -> ET.Element:
    entry = ET.Element("entry")
    over = "Encerrado: " if notice.is_over else ""
    ET.SubElement(entry, "id").text = f"urn:uuid:{notice.uid}"
    ET.SubElement(entry, "title").text = f"{over}{notice.kind_name}: {notice.scope}"
    ET.SubElement(entry, "published").text = _moment(notice.published_at)
    ET.SubElement(entry, "updated").text = _moment(_changed(notice))
    ET.SubElement(entry, "category", {"term": notice.kind, "label": notice.kind_name})
    where = routes.unit(notice.unit) if notice.unit else routes.status(notice.comarca)
    _link(entry, "alternate", base + where, "text/html")
    if notice.act_url:
        _link(entry, "related", notice.act_url)
    sentences = (
        notice.text,
        notice.alternative,
        f"{notice.when}.",
        f"{notice.act}." if notice.act else "",
    )
    ET.SubElement(entry, "summary", {"type": "text"}).text = " ".join(filter(None, sentences))
    return entry


def _link(parent: ET.Element, rel: str, address: str, media: str = "") -> None:
    ET.SubElement(
        parent, "link", {"rel": rel, "href": address} | ({"type": media} if media else {})
    )


def _changed(notice: NoticeView) -> datetime:
    """Return when the entry last changed: its end counts as a change."""
    ended = notice.ends_at if notice.is_over and notice.ends_at else notice.updated_at
    return max(notice.updated_at, ended)


def _moment(moment: datetime) -> str:
    return clock.to_local(moment).isoformat(timespec="seconds")
