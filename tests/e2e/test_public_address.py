"""One build serves any address: with another CANAIS_PUBLIC_URL nothing is built again."""

import re
from pathlib import Path

import httpx
import pytest

from canais_app.serve import STAMP_FILE
from tests.e2e.conftest import Server, serve_portal

pytestmark = pytest.mark.browser
ELSEWHERE = "https://canais.exemplo.invalid"


def test_pages_served_under_another_address_name_that_address(
    server: Server, tmp_path: Path
) -> None:
    built = STAMP_FILE.stat().st_mtime_ns
    unit = re.findall(
        r"<loc>[^<]*(/unidade/[^<]+)</loc>", httpx.get(f"{server.url}/sitemap.xml").text
    )
    with serve_portal(tmp_path, "seed", PUBLIC_URL=ELSEWHERE) as other:
        places = re.findall(r"<loc>([^<]+)</loc>", httpx.get(f"{other.url}/sitemap.xml").text)
        page = httpx.get(other.url + unit[0]).text
        robots = httpx.get(f"{other.url}/robots.txt").text
    assert len(places) > 100
    assert all(place.startswith(f"{ELSEWHERE}/") for place in places)
    assert f'<link rel="canonical" href="{ELSEWHERE}{unit[0]}">' in page
    assert f"Sitemap: {ELSEWHERE}/sitemap.xml" in robots
    assert STAMP_FILE.stat().st_mtime_ns == built
