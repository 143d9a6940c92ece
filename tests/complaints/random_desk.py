"""Random use of the complaints' services, to be killed at any moment.

`python -m tests.complaints.random_desk SEED COUNT` does that many operations on the database of
the settings, each in a transaction of its own, and prints a line after each: the operation, and
whether it was refused.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

import canais_app.models  # noqa: F401 (importing registers the tables)
from canais_app import wiring
from canais_app.accounts import queries as accounts
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Role
from canais_app.complaints import reporter
from canais_app.complaints.kinds import kinds_of
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.schemas import RatingForm, Report
from canais_app.complaints.service import (
    count_me_too,
    file_complaint,
    forget_marks,
    reporter_fingerprint,
)
from canais_app.complaints.triage import bulk, duplicates, unit_inbox
from canais_app.complaints.triage import service as triage
from canais_app.directory.editing import tree
from canais_app.directory.models import Unit
from canais_app.jobs import retention
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, BusyError
from tests.factories.complaints import VALUES

CHANNELS = tuple(VALUES)
MOVES = tuple(ComplaintStatus)


@dataclass
class RandomDesk:
    """The people of a court at random: reporters, the Corregedoria, units, the nightly jobs."""

    rng: random.Random
    secrets: dict[str, str] = field(default_factory=dict[str, str])  # by protocol

    def choose(self) -> Callable[[Session, datetime], object]:
        """Return the next operation."""
        weights = {
            self.file: 30, self.me_too: 20, self.answer: 12, self.answer_and_undo: 6,
            self.move: 10, self.forward: 5, self.answer_for_unit: 3, self.merge: 6,
            self.assign: 2, self.reopen: 4, self.rate: 3, self.withdraw: 2, self.anonymise: 1,
            self.forget: 1, self.close: 1, self.merge_units: 2,
        }  # fmt: skip
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def file(self, session: Session, now: datetime) -> None:
        """File a report of any time, with or without a person."""
        channel = self.rng.choice(CHANNELS)
        kind = self.rng.choice(kinds_of(channel)).kind
        report = Report.model_validate({
            "unit": self.unit(session).slug,
            "channel": channel,
            "kind": kind,
            "occurred_at": now - timedelta(hours=self.rng.choice((0, 0, 0, 1, 30, 700))),
            "text": self.rng.choice(("", "Ninguém atende.")),
        })  # fmt: skip
        mark = self.person(now) if self.rng.random() < 0.8 else ""
        filed = file_complaint(session, report, now=now, reporter=mark)
        self.secrets[filed.protocol] = filed.secret

    def me_too(self, session: Session, now: datetime) -> None:
        """Press "eu também"."""
        slug, channel = self.unit(session).slug, self.rng.choice(CHANNELS)
        count_me_too(session, slug, channel, now=now, reporter=self.person(now))

    def answer(self, session: Session, now: datetime) -> None:
        """Answer some complaints at once."""
        bulk.answer_all(session, self.staff(session), self.protocols(session, 3), "Já.", now=now)

    def answer_and_undo(self, session: Session, now: datetime) -> None:
        """Answer some complaints and take it back."""
        actor = self.staff(session)
        done = bulk.answer_all(session, actor, self.protocols(session, 3), "Já.", now=now).done
        bulk.undo_changes(session, actor, done, now=now + timedelta(seconds=2))

    def move(self, session: Session, now: datetime) -> None:
        """Move some complaints anywhere: refused, confirmed, reopened."""
        to, chosen = self.rng.choice(MOVES), self.protocols(session, 2)
        bulk.move_all(session, self.staff(session), chosen, to, "Teste.", now=now)

    def forward(self, session: Session, now: datetime) -> None:
        """Forward some complaints to their units."""
        bulk.forward_all(
            session, self.staff(session), self.protocols(session, 2), "Verifiquem.", now=now
        )

    def answer_for_unit(self, session: Session, now: datetime) -> None:
        """Answer to the Corregedoria, or give the complaint back."""
        (protocol,) = self.protocols(session, 1, ComplaintStatus.FORWARDED)
        manager = self.staff(session, Role.MANAGER)
        if self.rng.random() < 0.5:
            unit_inbox.refuse_complaint(session, protocol, "Não é.", 0, actor=manager, now=now)
        else:
            unit_inbox.answer_to_corregedoria(
                session, protocol, (), "Feito.", 0, actor=manager, now=now
            )

    def merge(self, session: Session, now: datetime) -> None:
        """Mark a complaint as a duplicate of another."""
        one, other = self.protocols(session, 2)
        duplicates.mark_duplicate(session, self.staff(session), one, other, "", now=now)

    def assign(self, session: Session, now: datetime) -> None:
        """Give a complaint to somebody."""
        actor, (protocol,) = self.staff(session), self.protocols(session, 1)
        triage.assign_complaint(session, actor, protocol, actor.staff_id, now=now)

    def reopen(self, session: Session, now: datetime) -> None:
        """Reopen a report with its secret."""
        protocol, secret = self.known()
        reporter.reopen_complaint(session, protocol, secret, "Continua.", now=now)

    def rate(self, session: Session, now: datetime) -> None:
        """Say whether an answer helped."""
        protocol, secret = self.known()
        rating = RatingForm(is_resolved=self.rng.random() < 0.5)
        reporter.rate_answer(session, protocol, secret, rating, now=now)

    def withdraw(self, session: Session, now: datetime) -> None:
        """Take back a report's words."""
        reporter.withdraw_text(session, *self.known(), now=now)

    def anonymise(self, session: Session, now: datetime) -> None:
        """Anonymise what was closed."""
        retention.anonymise_complaints(session, now=now + timedelta(days=400), limit=20)

    def forget(self, session: Session, now: datetime) -> None:
        """Forget who the people were."""
        forget_marks(session, now=now + timedelta(days=self.rng.choice((0, 3))))

    def close(self, session: Session, now: datetime) -> None:
        """Close what nobody disputed."""
        reporter.close_unconfirmed(session, now=now + timedelta(days=11), limit=20)

    def merge_units(self, session: Session, now: datetime) -> None:
        """Retire a unit for another, or restore it."""
        actor, unit = self.staff(session, Role.ADMIN), self.unit(session, active=None)
        if unit.active:
            heir = self.unit(session)
            tree.retire_unit(session, unit.code, heir.code, actor=actor, now=now)
        else:
            tree.restore_unit(session, unit.code, actor=actor, now=now)

    def unit(self, session: Session, *, active: bool | None = True) -> Unit:
        """Return any unit."""
        query = select(Unit).order_by(col(Unit.id))
        if active is not None:
            query = query.where(col(Unit.active) == active)
        return self.rng.choice(session.exec(query).all())

    def person(self, now: datetime) -> str:
        """Return the mark of one of forty people."""
        return reporter_fingerprint(f"192.0.2.{self.rng.randrange(40)}", now=now)

    def staff(self, session: Session, role: Role = Role.CORREGEDORIA) -> Actor:
        """Return the person of a role."""
        email = f"{role}@exemplo.invalid"
        found = session.exec(select(Staff).where(Staff.email == email)).one()
        return accounts.load_actor(session, found.id or 0)

    def protocols(self, session: Session, count: int, status: str = "") -> list[str]:
        """Return some of the complaints, the newest more often."""
        last = session.exec(select(func.max(Complaint.id))).one() or 0
        first = max(0, last - self.rng.choice((10, 60, last)))
        query = select(Complaint.protocol).where(col(Complaint.id) > first)
        if status:
            query = query.where(col(Complaint.status) == status)
        found = session.exec(query.order_by(col(Complaint.id)).limit(60)).all()
        if len(found) < count:
            raise AppError("Ainda não há bastantes.")
        return self.rng.sample(found, count)

    def known(self) -> tuple[str, str]:
        """Return a protocol of this process and its secret."""
        if not self.secrets:
            raise AppError("Ainda não há nenhum.")
        protocol = self.rng.choice(list(self.secrets)[-60:])
        return protocol, self.secrets[protocol]


def main(seed: int, count: int) -> None:
    """Do `count` operations; each is a few minutes after the one before."""
    wiring.connect_hooks()
    desk = RandomDesk(random.Random(seed))
    now = clock.now() - timedelta(days=desk.rng.randrange(60))
    for _ in range(count):
        now += timedelta(minutes=desk.rng.randrange(9))
        work, refused = desk.choose(), ""
        try:
            db.write_sync(work, now)
        except (AppError, BusyError) as refusal:  # SQLite's one writer may be the other process
            refused = type(refusal).__name__
        print(work.__name__, refused, flush=True)  # noqa: T201 (what the test reads)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
