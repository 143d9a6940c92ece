"""Rate limits per address, counted in a moving window."""

import time
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from canais_app.kit.errors import TooManyRequestsError
from canais_app.settings import settings


@lru_cache(maxsize=1)
def _limiter() -> MovingWindowRateLimiter:
    url = settings().redis_url
    storage: Storage = RedisStorage(url) if url else MemoryStorage()
    return MovingWindowRateLimiter(storage)


@lru_cache(maxsize=64)
def _parse_rule(rule: str) -> RateLimitItem:
    return parse(rule)


def check_rate_limit(rule: str, *key: str) -> None:
    """Count one request, e.g. `check_rate_limit("10/minute", "complaint", address)`.

    Raises:
        TooManyRequestsError: more requests with this key than `rule` allows.
    """
    if settings().rate_limits == "off":
        return
    item = _parse_rule(rule)
    if not _limiter().hit(item, *key):
        reset = _limiter().get_window_stats(item, *key).reset_time
        wait = max(1, int(reset - time.time()) + 1)
        raise TooManyRequestsError(
            f"Muitos pedidos em pouco tempo. Tente de novo em {wait} segundos.", wait
        )
