"""Structured data of units for search engines (schema.org, JSON-LD)."""

from collections.abc import Iterable
from typing import Any

from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.views import ChannelView, SpecialDay, UnitPage

SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TRIBUNAL_DATA = {
    "@type": "GovernmentOrganization",
    "name": "Tribunal de Justiça do Estado de Mato Grosso",
    "alternateName": "TJMT",
}
Spans = Iterable[tuple[int, str, str]]


def unit_json_ld(page: UnitPage, base_url: str) -> dict[str, Any]:
    """Return the structured data of a unit's page; times are in the court's zone."""
    card = page.card
    data: dict[str, Any] = {
        # A place and an organization at once, as both its hours and its contacts need.
        "@type": "GovernmentOffice",
        "@id": f"{base_url}{card.href}",
        "name": card.name,
        "url": f"{base_url}{card.href}",
        "parentOrganization": TRIBUNAL_DATA,
        "contactPoint": [_contact(c) for c in card.channels if type_of(c.kind).schema_org],
        "openingHoursSpecification": _hours(page.spans),
    }
    if page.features:
        data["amenityFeature"] = [
            {"@type": "LocationFeatureSpecification", "name": f.name, "value": f.has}
            for f in page.features
        ]
    if page.special:
        data["specialOpeningHoursSpecification"] = [
            entry for day in page.special for entry in _special(day)
        ]
    if address := page.texts["address"]:
        data["address"] = {
            "@type": "PostalAddress",
            "streetAddress": address,
            "addressLocality": card.comarca,
            "addressRegion": "MT",
            "addressCountry": "BR",
        }
    return data


def _contact(channel: ChannelView) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "ContactPoint",
        "contactType": channel.name,
        **_address_of(channel),
        "areaServed": "BR-MT",
        "availableLanguage": "pt-BR",
    }
    if channel.spans:
        found["hoursAvailable"] = _hours(channel.spans)
    return found


def _address_of(channel: ChannelView) -> dict[str, str]:
    """Return the property that holds a channel's address: phones with their country's code."""
    if channel.kind == ChannelKind.WHATSAPP:
        return {"url": channel.href}
    if type_of(channel.kind).is_phone:
        return {"telephone": channel.href.removeprefix("tel:")}
    return {type_of(channel.kind).schema_org: channel.value}


def _hours(spans: Spans) -> list[dict[str, Any]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": SCHEMA_DAYS[day],
            "opens": a,
            "closes": _closing_time(b),
        }
        for day, a, b in spans
    ]


def _closing_time(at: str) -> str:
    """Return a closing time; `24:00` is no time of schema.org's, and midnight would mean closed."""
    return "23:59" if at == "24:00" else at


def _special(day: SpecialDay) -> list[dict[str, Any]]:
    """Return days with other hours, an entry per period; equal times mean closed all day."""
    return [
        {
            "@type": "OpeningHoursSpecification",
            "name": day.reason,
            "validFrom": day.first.isoformat(),
            "validThrough": day.last.isoformat(),
            "opens": opens,
            "closes": _closing_time(closes),
        }
        for opens, closes in day.spans or (("00:00", "00:00"),)
    ]
