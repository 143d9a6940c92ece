"""Signing in with a password, step by step: count the try, compare, open the session.

Three short transactions, and argon2 between them in a thread: it may take a tenth of a second,
and no lock of the database is held meanwhile.
"""

import asyncio
from datetime import datetime

from canais_app.accounts import backoff, own, passwords, service, sessions
from canais_app.accounts.sessions import SignedIn
from canais_app.kit import db
from canais_app.kit.errors import InvalidError, NotSignedInError

WRONG = "E-mail ou senha não conferem."
# argon2 takes 64 MB and a core each time; the rest waits its turn.
_turns = asyncio.Semaphore(2)


async def enter(  # noqa: PLR0913 (what a sign-in consists of)
    email: str,
    password: str,
    *,
    address: str,
    browser: str,
    previous_token: str,
    now: datetime,
) -> SignedIn:
    """Return the new session.

    Raises:
        NotSignedInError: one sentence for a wrong address, a wrong password, a suspended account.
        TooManyRequestsError: the account or the address has to wait.
    """
    await db.in_session(backoff.take_try, email, address, now=now)
    candidate = await db.in_reading(service.find_candidate, email)
    async with _turns:
        holds, renewed = await asyncio.to_thread(passwords.check, password, candidate.password_hash)
    if not holds or candidate.staff_id is None:
        raise NotSignedInError(WRONG)
    return await db.in_session(
        sessions.sign_in,
        candidate.staff_id,
        now=now,
        email=email,
        address=address,
        browser=browser,
        renewed_hash=renewed,
        previous_token=previous_token,
    )


async def give_code(token: str, code: str, *, now: datetime) -> SignedIn:
    """Finish a sign-in with the code of the second step; each try counts for the account.

    Raises:
        NotSignedInError: no sign-in waits under this token.
        TooManyRequestsError: the account has to wait.
        InvalidError: the code does not hold.
    """
    await db.in_session(own.take_code_try, token, now=now)
    signed = await db.in_session(own.give_code, token, code, now=now)
    if signed is None:
        raise InvalidError(own.WRONG_CODE)
    return signed
