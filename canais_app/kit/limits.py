"""Rate limits per address, counted in a moving window.

With `CANAIS_REDIS_URL` all processes share the counters. While Redis does not answer, each process
counts for itself, and says so (`is_degraded`): a counter is no reason to refuse anybody.
"""

import ipaddress
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from canais_app.kit import clock
from canais_app.kit.encryption import keyed_digest
from canais_app.kit.errors import TooManyRequestsError
from canais_app.settings import settings

REDIS_TIMEOUT_SECONDS = 0.25  # requests wait for it
REDIS_PAUSE_SECONDS = 5.0  # without Redis after it has not answered
log = structlog.get_logger()


@dataclass
class Counters:
    """This process's counters, and those shared by Redis while it answers."""

    own: MovingWindowRateLimiter
    shared: MovingWindowRateLimiter | None
    _away_until: float = 0.0  # of time.monotonic()
    _is_away: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_degraded(self) -> bool:
        """Whether Redis is set and did not answer last time."""
        return self._is_away

    def count(self, item: RateLimitItem, *key: str) -> float | None:
        """Count one hit; return None when it is allowed, else when the window moves on (Unix)."""
        if self.shared is not None and time.monotonic() >= self._away_until:
            try:
                refused_until = _hit(self.shared, item, *key)
            except StorageError as wrong:
                self._mark_away(wrong)
            else:
                self._mark_present()
                return refused_until
        return _hit(self.own, item, *key)

    def probe(self) -> bool:
        """Ask Redis, if set, whether it answers; return whether all is well."""
        if self.shared is None:
            return True
        if self.shared.storage.check():
            self._mark_present()
        else:
            self._mark_away(None)
        return not self._is_away

    def _mark_away(self, wrong: StorageError | None) -> None:
        with self._lock:
            self._away_until = time.monotonic() + REDIS_PAUSE_SECONDS
            was_away, self._is_away = self._is_away, True
        if not was_away:
            cause = type(wrong.storage_error).__name__ if wrong else ""
            log.warning("redis_away", counting="per process", error=cause)

    def _mark_present(self) -> None:
        with self._lock:
            self._away_until = 0.0
            was_away, self._is_away = self._is_away, False
        if was_away:
            log.warning("redis_back", counting="shared")


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, *key: str) -> float | None:
    if limiter.hit(item, *key):
        return None
    return limiter.get_window_stats(item, *key).reset_time


@lru_cache(maxsize=1)
def counters() -> Counters:
    """Return the process's counters, made at first use."""
    url = settings().redis_url
    shared = None
    if url:
        storage = RedisStorage(
            url,
            wrap_exceptions=True,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),  # pyright: ignore[reportArgumentType] (passed to redis-py)
        )
        shared = MovingWindowRateLimiter(storage)
    return Counters(MovingWindowRateLimiter(MemoryStorage()), shared)


@lru_cache(maxsize=64)
def _parse_rule(rule: str) -> RateLimitItem:
    return parse(rule)


def subscriber_of(address: str) -> str:
    """Return an address without the part that its subscriber chooses: of IPv6, its /64.

    A mapped IPv4 is that IPv4. What is no address is returned as it is.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # of a test, or a proxy's own word
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def address_mark(purpose: str, address: str, *, now: datetime) -> str:
    """Return a one-way mark of an address, another each day; empty while limits are off."""
    if settings().rate_limits == "off" or not address:
        return ""
    day = clock.to_local_day(now).isoformat()
    return keyed_digest(purpose, day, subscriber_of(address)).hex()


def check_rate_limit(rule: str, name: str, *key: str) -> None:
    """Count one request, e.g. `check_rate_limit("10/minute", "complaint", address)`.

    An address in `key` counts as its subscriber. Only a digest of it, salted by the day, is stored.

    Raises:
        TooManyRequestsError: more requests with this key than `rule` allows.
    """
    if settings().rate_limits == "off":
        return
    day = clock.to_local_day(clock.now()).isoformat()
    digest = keyed_digest("rate-limit", day, name, *map(subscriber_of, key)).hex()[:32]
    refused_until = counters().count(_parse_rule(rule), name, digest)
    if refused_until is not None:
        wait = max(1, int(refused_until - time.time()) + 1)
        raise TooManyRequestsError(
            f"Muitos pedidos em pouco tempo. Tente de novo em {wait} segundos.", wait
        )
