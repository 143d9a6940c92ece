"""The frame of pages: scripts that start later."""

from canais_app.api.html.frame import start_later

PAGE = (
    '<head><link rel="modulepreload" href="/assets/a.js"/></head><body>'
    '<script type="module" async="">import "/assets/manifest.js";\nimport("/assets/b.js");</script>'
    "<script>other()</script></body>"
)


def test_react_is_neither_fetched_nor_started_at_first() -> None:
    page = start_later(PAGE, None)
    assert "modulepreload" not in page
    assert 'type="module"' not in page
    assert (
        '<script type="text/plain" id="react">import "/assets/manifest.js";\n'
        'import("/assets/b.js");</script>'
    ) in page
    assert "<script>other()</script>" in page


def test_a_live_page_says_when_it_starts() -> None:
    assert '<script type="text/plain" id="react" data-after="5000">' in start_later(PAGE, 5000)
