"""Rate limits: shared by Redis while it answers, counted in the process while it does not."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import redis
import structlog
from starlette.testclient import TestClient

from canais_app.api import app as api
from canais_app.api import ops
from canais_app.commands import checks
from canais_app.kit import limits
from canais_app.kit.errors import TooManyRequestsError
from tests import servers

RULE = "3/minute"
ADDRESS = "203.0.113.77"
needs_redis = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="Redis is not installed (apt: redis-server)"
)


@pytest.fixture
def limited(configure: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Limits on, with counters of their own; called with the URL of a Redis."""

    def work(redis_url: str) -> None:
        configure(RATE_LIMITS="on", REDIS_URL=redis_url)
        limits.counters.cache_clear()

    configure(RATE_LIMITS="on")
    limits.counters.cache_clear()
    yield work
    limits.counters.cache_clear()


def passed(tries: int) -> int:
    """Return how many of so many requests were let through."""
    done = 0
    for _ in range(tries):
        try:
            limits.check_rate_limit(RULE, "units", ADDRESS)
        except TooManyRequestsError:
            continue
        done += 1
    return done


def test_without_redis_the_process_counts(limited: Callable[..., None]) -> None:
    assert passed(5) == 3
    assert not limits.counters().is_degraded


@pytest.mark.parametrize(
    ("address", "subscriber"),
    [
        ("203.0.113.77", "203.0.113.77"),
        ("::ffff:203.0.113.77", "203.0.113.77"),
        ("2001:db8:7:1::5", "2001:db8:7:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_subscriber_of_ipv6_has_a_whole_network(address: str, subscriber: str) -> None:
    assert limits.subscriber_of(address) == subscriber


def test_the_addresses_of_one_ipv6_network_share_a_limit(
    limited: Callable[..., None], now: datetime
) -> None:
    limited("")
    for number in range(3):
        limits.check_rate_limit(RULE, "units", f"2001:db8:7:1::{number}")
    with pytest.raises(TooManyRequestsError):
        limits.check_rate_limit(RULE, "units", "2001:db8:7:1::ffff")
    limits.check_rate_limit(RULE, "units", "2001:db8:7:2::1")
    marks = [
        limits.address_mark("booking", f"2001:db8:7:{net}::{host}", now=now)
        for net, host in ((1, 1), (1, 2), (2, 1))
    ]
    assert marks[0] == marks[1] != marks[2]


@needs_redis
def test_processes_share_the_counters_and_no_key_holds_an_address(
    limited: Callable[..., None],
) -> None:
    with servers.start_redis() as url:
        limited(url)
        assert passed(2) == 2
        limits.counters.cache_clear()  # another process
        assert passed(5) == 1
        with redis.Redis.from_url(url) as client:
            keys = [str(key) for key in client.scan_iter()]
    assert len(keys) == 1
    assert ADDRESS not in keys[0]


@needs_redis
def test_while_redis_is_away_requests_are_counted_in_the_process_and_it_says_so(
    limited: Callable[..., None], database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, port = TestClient(ops.MetricsMiddleware(api.create_app())), servers.free_port()

    def state() -> tuple[str, str, bool]:
        ready = client.get("/readyz").json()
        metrics = client.get("/metrics").text
        told = 'canais_degraded{part="redis"} 1.0' in metrics
        return ready["checks"]["redis"], ready["status"], told

    with servers.start_redis(port) as url:
        limited(url)
        assert client.get("/api/v1/units?q=sinop").status_code == 200
        assert state()[0] == "ok"
        assert not state()[2]
    with structlog.testing.capture_logs() as logged:
        answers = [client.get("/api/v1/units?q=sinop").status_code for _ in range(5)]
        assert answers == [200] * 5
        assert passed(5) == 3
        assert state()[0] == "degraded"
        assert state()[2]
        assert checks.check_counters()[0] is False
    assert [line["event"] for line in logged] == ["redis_away"]
    monkeypatch.setattr(limits, "REDIS_PAUSE_SECONDS", 0.0)
    with servers.start_redis(port):
        assert state()[0] == "ok"
        assert passed(5) == 3  # counted by Redis again
        assert not limits.counters().is_degraded
