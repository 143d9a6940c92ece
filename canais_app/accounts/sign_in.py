"""Sign in with a password or a code: count the attempt, compare, open the session.

argon2 (about 0.1 s) runs in a thread between short transactions.
"""

import asyncio
from datetime import datetime

from canais_app.accounts import login_throttle, passwords, service, sessions, totp
from canais_app.accounts.sessions import OpenedSession
from canais_app.kit import db
from canais_app.kit.errors import AuthenticationRequiredError, InvalidError

WRONG_CREDENTIALS_TEXT = "E-mail ou senha não conferem."
# argon2 takes 64 MB and a core each time.
_hash_slots = asyncio.Semaphore(2)


async def sign_in_with_password(  # noqa: PLR0913 (the parts of a sign-in)
    email: str, password: str, *, address: str, browser: str, previous_token: str, now: datetime
) -> OpenedSession:
    """Open a session by e-mail and password.

    Raises:
        AuthenticationRequiredError: wrong e-mail or password, or a suspended account.
        TooManyRequestsError: the account or the address has to wait.
    """
    await db.write(login_throttle.register_attempt, email, address, now=now)
    candidate = await db.read(service.find_sign_in_candidate, email)
    async with _hash_slots:
        is_valid, renewed = await asyncio.to_thread(
            passwords.verify_password, password, candidate.password_hash
        )
    if not is_valid or candidate.staff_id is None:
        raise AuthenticationRequiredError(WRONG_CREDENTIALS_TEXT)
    return await db.write(
        sessions.open_password_session,
        candidate.staff_id,
        now=now,
        email=email,
        address=address,
        browser=browser,
        renewed_hash=renewed,
        previous_token=previous_token,
    )


async def sign_in_with_code(token: str, code: str, *, now: datetime) -> OpenedSession:
    """Finish a sign-in with the code of the second step.

    Raises:
        AuthenticationRequiredError: no sign-in waits under this token.
        TooManyRequestsError: the account has to wait.
        InvalidError: the code is wrong.
    """
    await db.write(totp.register_code_attempt, token, now=now)
    signed = await db.write(totp.verify_code, token, code, now=now)
    if signed is None:
        raise InvalidError(totp.WRONG_CODE_TEXT)
    return signed
