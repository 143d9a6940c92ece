"""A visitor in another zone sees the slot in both zones."""

from datetime import UTC, datetime, timedelta

import pytest

from canais_app.agenda.picker import timezones

# 14h in Cuiabá.
START = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
END = START + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("zone", "difference", "span"),
    [
        ("America/Cuiaba", "", ""),
        ("America/Manaus", "", ""),
        (
            "America/Sao_Paulo",
            "no seu fuso (São Paulo), 1 h a mais",
            "15h às 15h20 no seu fuso (São Paulo)",
        ),
        (
            "America/Rio_Branco",
            "no seu fuso (Rio Branco), 1 h a menos",
            "13h às 13h20 no seu fuso (Rio Branco)",
        ),
        (
            "Asia/Kolkata",
            "no seu fuso (Kolkata), 9 h 30 min a mais",
            "23h30 às 23h50 no seu fuso (Kolkata)",
        ),
        (
            "Asia/Tokyo",
            "no seu fuso (Tokyo), 13 h a mais",
            "3h às 3h20, 26/11/2026 no seu fuso (Tokyo)",
        ),
    ],
)
def test_both_clocks_are_shown_only_when_they_differ(zone: str, difference: str, span: str) -> None:
    assert timezones.format_offset(zone, START) == difference
    assert timezones.format_span_in_zone(zone, START, END) == span


def test_the_offset_is_that_of_the_slots_day() -> None:
    summer, winter = datetime(2026, 7, 1, 18, tzinfo=UTC), datetime(2026, 12, 1, 18, tzinfo=UTC)
    assert timezones.format_offset("Europe/Lisbon", summer).endswith("5 h a mais")
    assert timezones.format_offset("Europe/Lisbon", winter).endswith("4 h a mais")


@pytest.mark.parametrize(
    "sent", [None, 3, "", "../../etc/passwd", "/etc/localtime", "Marte/Base", "x" * 500, {"a": 1}]
)
def test_an_invalid_zone_is_ignored(sent: object) -> None:
    assert timezones.parse_zone(sent) == ""
