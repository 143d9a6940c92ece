"""What every API call is told: who asks, from where, and when."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field

from canais_app.accounts import queries as accounts
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.kit import clock, db
from canais_app.settings import settings


async def client_address(request: Request) -> str:
    """Return the caller's address, past the proxies that the operator said to trust."""
    hops = settings().trusted_proxy_hops
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return request.client.host if request.client else ""


async def actor(request: Request) -> Actor:
    """Return who the bearer token stands for; without one, the public.

    Raises:
        NotSignedInError: when there is a token and it does not hold.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return PUBLIC
    return await db.in_reading(accounts.actor_of_token, token, now=clock.now())


Who = Annotated[Actor, Depends(actor)]
Address = Annotated[str, Depends(client_address)]
Slug = Annotated[str, Field(max_length=160)]
# What is private is kept by nobody on the way, and its address told to nobody.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
