"""Demonstration staff: one account for each role, all with the same printed password."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from canais_app.accounts import passwords
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import Role
from canais_app.demo.units import DemoTree

DEMO_PASSWORD = "demonstracao-dos-canais"  # noqa: S105 (printed; refused in production)
MANAGED_UNIT = "2ª Vara de Família de Várzea Grande"
CHAMBERS_UNIT = "1ª Vara Cível de Sinop"


@dataclass(frozen=True)
class DemoLogin:
    """A log-in as the seed prints it."""

    email: str
    role: str


DEMO_LOGINS = tuple(DemoLogin(f"{role}@exemplo.invalid", role.value) for role in Role)


def create_demo_staff(session: Session, tree: DemoTree, now: datetime) -> tuple[DemoLogin, ...]:
    """Write missing accounts; managers and chambers have a unit as scope."""
    scopes = {
        Role.MANAGER: tree.find_unit(MANAGED_UNIT).id,
        Role.CHAMBERS: tree.find_unit(CHAMBERS_UNIT).id,
    }
    password_hash = passwords.hash_password(DEMO_PASSWORD)
    existing = set(session.exec(select(Staff.email)))
    for role in Role:
        email = f"{role}@exemplo.invalid"
        if email in existing:
            continue
        name = f"{role.value.capitalize()} (demonstração)"
        staff = Staff(email=email, name=name, password_hash=password_hash, created_at=now)
        session.add(staff)
        session.flush()
        session.add(StaffRole(staff_id=staff.id or 0, role=role, unit_id=scopes.get(role)))
    session.flush()
    return DEMO_LOGINS
