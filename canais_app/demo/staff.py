"""Demonstration staff: one log-in for each role, all with the same printed password."""

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


def create_demo_staff(session: Session, grove: DemoTree, now: datetime) -> tuple[DemoLogin, ...]:
    """Write the accounts that are not there yet; managers and chambers are scoped to a unit."""
    scopes = {
        Role.MANAGER: grove.find_unit(MANAGED_UNIT).id,
        Role.CHAMBERS: grove.find_unit(CHAMBERS_UNIT).id,
    }
    kept = passwords.hash_password(DEMO_PASSWORD)
    there = set(session.exec(select(Staff.email)))
    for role in Role:
        email = f"{role}@exemplo.invalid"
        if email in there:
            continue
        name = f"{role.value.capitalize()} (demonstração)"
        staff = Staff(email=email, name=name, password_hash=kept, created_at=now)
        session.add(staff)
        session.flush()
        session.add(StaffRole(staff_id=staff.id or 0, role=role, unit_id=scopes.get(role)))
    session.flush()
    return DEMO_LOGINS
