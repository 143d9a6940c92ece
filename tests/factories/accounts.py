"""Staff, their units and their signed-in browsers, for tests."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from sqlmodel import Session, col, select

from canais_app.accounts import passwords, sessions
from canais_app.accounts.models import ApiToken, Staff, StaffRole
from canais_app.accounts.queries import load_grants
from canais_app.accounts.reauthentication import Proof, compare
from canais_app.accounts.roles import SCOPED_ROLES, Actor
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.text import generate_token, hash_token
from tests.people import ALL_PEOPLE, PASSWORD, Person


@lru_cache(maxsize=1)
def cached_password_hash() -> str:
    """Return the hash of everybody's password, made once: argon2 is slow on purpose."""
    return passwords.hash_password(PASSWORD)


def make_unit(session: Session, letter: str, *, now: datetime) -> Unit:
    """Return unit `a` or `b`, made when missing; each is a root of its own."""
    found = session.exec(select(Unit).where(col(Unit.slug) == f"unidade-{letter}")).first()
    if found is not None:
        return found
    made = Unit(
        code=f"TEST-{letter}",
        slug=f"unidade-{letter}",
        name=f"Unidade {letter.upper()}",
        kind="gabinete",
        degree=1,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    made.path = f"/{made.id}/"
    session.flush()
    return made


def make_staff(session: Session, person: Person, *, now: datetime) -> Staff:
    """Store a person with their roles."""
    made = Staff(
        email=person.email,
        name=person.name,
        password_hash=cached_password_hash(),
        status=person.status,
        created_at=now,
    )
    session.add(made)
    session.flush()
    for role in person.roles:
        scope = make_unit(session, person.unit, now=now).id if role in SCOPED_ROLES else None
        session.add(StaffRole(staff_id=made.id or 0, role=role.value, unit_id=scope))
    session.flush()
    return made


def make_everybody(
    session: Session, *, now: datetime, people: Sequence[Person] = ALL_PEOPLE
) -> dict[Person, Staff]:
    """Store all the people of the tests."""
    return {person: make_staff(session, person, now=now) for person in people}


def make_actor(session: Session, person: Person, *, now: datetime) -> Actor:
    """Return a stored person as the actor of a service call; store them when missing."""
    found = session.exec(select(Staff).where(col(Staff.email) == person.email)).first()
    row = found or make_staff(session, person, now=now)
    return Actor(row.id, row.name, load_grants(session, row.id or 0))


def make_api_key(session: Session, person: Person, permissions: Iterable[str]) -> str:
    """Return a key of a stored person that may do this much, for a year."""
    moment, token = clock.now(), generate_token()
    key = ApiToken(
        token_hash=hash_token(token),
        name="teste",
        staff_id=make_actor(session, person, now=moment).staff_id or 0,
        permissions=[str(permission) for permission in permissions],
        created_at=moment,
        expires_at=moment + timedelta(days=365),
    )
    session.add(key)
    session.flush()
    return token


def suspend(session: Session, person: Person) -> None:
    """Suspend a stored person, as the database would hold it."""
    row = session.exec(select(Staff).where(col(Staff.email) == person.email)).one()
    row.status = "suspended"
    session.flush()


def open_session(session: Session, person: Person, *, now: datetime | None = None) -> str:
    """Return the token of a session just opened for a stored person."""
    row = session.exec(select(Staff).where(col(Staff.email) == person.email)).one()
    return sessions.open_session(session, row, now=now or clock.now(), code_given=True).token


def proof(session: Session, actor: Actor, password: str = PASSWORD) -> Proof:
    """Return what comparing a password with an account's own gives."""
    return compare(password, session.get_one(Staff, actor.staff_id).password_hash)
