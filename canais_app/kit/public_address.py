"""The guard against private addresses: other people's URLs may not reach our own network."""

import asyncio
import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from canais_app.kit.errors import InvalidError


class Target(NamedTuple):
    """An address that was checked: connect to `ip`, name `host` in the request and in TLS."""

    ip: str
    host: str


async def resolve_public(url: str, *, allow_private: bool = False) -> Target:
    """Resolve the host of an https URL once, and refuse private and loopback addresses.

    Connect to the returned address: a second look-up could answer another one.

    Raises:
        InvalidError: not https, the name is unknown, or one of its addresses is not public.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # as `https://[`
        raise InvalidError("Use um endereço https completo.") from None
    if not parts.hostname or (parts.scheme != "https" and not allow_private):
        raise InvalidError("Use um endereço https completo.")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError, ValueError):
        raise InvalidError("Este endereço não existe.") from None
    addresses = [str(info[4][0]) for info in found]
    if not addresses:
        raise InvalidError("Este endereço não existe.")
    if not allow_private and not all(is_public(address) for address in addresses):
        raise InvalidError("Este endereço é de uma rede interna.")
    return Target(addresses[0], parts.hostname)


def is_public(address: str) -> bool:
    """Whether an IP address is reachable from everywhere; mapped IPv4 counts as IPv4."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast
