"""Two people at once, on both databases: nothing is lost, and no circle can be stored."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from canais_app.accounts.roles import Actor
from canais_app.directory.editing import corrections, history, locks, tree, verification
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.schemas import (
    BaseVersion,
    ChannelForm,
    CorrectionForm,
    MoveUnitForm,
)
from canais_app.directory.errors import StaleVersionError
from canais_app.directory.models import Channel, ContactProposal, EditLock, Unit, UnitChange
from canais_app.kit import db
from canais_app.kit.errors import ConflictError
from tests.factories import accounts, directory
from tests.people import ADMIN, MANAGER_A
from tests.rivals import run_concurrently

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
CODE = "TEST-a"


@pytest.fixture
def people(any_database: str) -> tuple[Actor, Actor]:
    """An administrator and the manager of unit A, who may both edit it."""
    with db.write_transaction() as session:
        accounts.make_unit(session, "a", now=NOW)
        admin, manager = (accounts.make_actor(session, who, now=NOW) for who in (ADMIN, MANAGER_A))
    return admin, manager


@pytest.fixture
def channel(people: tuple[Actor, Actor]) -> int:
    with db.write_transaction() as session:
        unit = accounts.make_unit(session, "a", now=NOW)
        row = Channel(unit_id=unit.id or 0, kind="telefone", value="+556530000001")
        session.add(row)
        session.flush()
        return row.id or 0


def stored(channel_id: int) -> Channel:
    with db.read_transaction() as session:
        return session.get_one(Channel, channel_id)


def saving(actor: Actor, channel: int, number: int) -> object:
    draft = ChannelForm(kind="telefone", value=f"653000{number:04d}")
    return db.write_sync(
        editing.save_channel,
        CODE,
        channel,
        draft,
        BaseVersion(version=1, seen=1),
        actor=actor,
        now=NOW,
    )


def test_of_two_who_take_the_lock_at_once_one_gets_it(people: tuple[Actor, Actor]) -> None:
    for round_ in range(5):
        now = NOW + timedelta(minutes=20 * round_)
        won, lost = run_concurrently(
            [
                lambda who=who, now=now: db.write_sync(locks.acquire, CODE, actor=who, now=now)
                for who in people * 3
            ]
        )
        assert len({holder.name for holder in won}) == 1
        assert len(lost) == 3
        assert all("está editando" in refusal.message for refusal in lost)
    with db.read_transaction() as session:
        assert len(session.exec(select(EditLock)).all()) == 1


def test_a_lock_ends_with_its_tab_unless_the_tab_comes_back(people: tuple[Actor, Actor]) -> None:
    admin, manager = people
    db.write_sync(locks.acquire, CODE, "aba 1", actor=manager, now=NOW)
    with db.read_transaction() as session:
        unit = session.exec(select(EditLock.unit_id)).one()
    gone = NOW + timedelta(minutes=2)
    db.write_sync(locks.expire_for_tab, unit, "aba 2", gone)  # another tab, of no matter whom
    db.write_sync(
        locks.renew_for_tab, unit, "aba 1", actor=manager, now=gone + timedelta(seconds=3)
    )
    db.write_sync(locks.expire_for_tab, unit, "aba 1", gone)
    with pytest.raises(ConflictError):
        db.write_sync(locks.acquire, CODE, "aba 3", actor=admin, now=gone)
    db.write_sync(locks.expire_for_tab, unit, "aba 1", gone + timedelta(minutes=1))
    assert db.write_sync(locks.acquire, CODE, "aba 3", actor=admin, now=gone).name == admin.name


def test_only_the_tab_that_has_a_lock_gives_it_back_on_its_way_out(
    people: tuple[Actor, Actor],
) -> None:
    _, manager = people
    db.write_sync(locks.acquire, CODE, "aba 1", actor=manager, now=NOW)
    db.write_sync(locks.release, CODE, "aba 2", actor=manager)
    with db.read_transaction() as session:
        assert session.exec(select(EditLock.tab)).one() == "aba 1"
    db.write_sync(locks.release, CODE, actor=manager)  # “Concluir” ends it in whatever tab it is
    with db.read_transaction() as session:
        assert session.exec(select(EditLock)).all() == []


def test_of_two_who_save_at_once_the_second_reads_what_the_first_wrote(
    people: tuple[Actor, Actor], channel: int
) -> None:
    _, manager = people  # one person, two tabs: the lock does not part them
    won, lost = run_concurrently([lambda n=n: saving(manager, channel, n) for n in range(2, 10)])
    assert len(won) == 1
    assert all(isinstance(refusal, StaleVersionError) for refusal in lost)
    row = stored(channel)
    assert row.version == 2
    with db.read_transaction() as session:
        kept = session.exec(select(UnitChange).where(UnitChange.field == "value")).all()
        assert [change.after for change in kept] == [row.value]


def test_an_undo_against_a_newer_change_never_loses_it(
    people: tuple[Actor, Actor], channel: int
) -> None:
    _, manager = people
    saving(manager, channel, 2)
    with db.read_transaction() as session:
        first = session.exec(select(UnitChange.id)).one() or 0
    draft = ChannelForm(kind="telefone", value="6530000003")
    newer = BaseVersion(version=2, seen=2)
    won, lost = run_concurrently(
        [
            lambda: db.write_sync(history.undo_change, first, actor=manager, now=NOW),
            lambda: db.write_sync(
                editing.save_channel, CODE, channel, draft, newer, actor=manager, now=NOW
            ),
        ]
    )
    assert len(won) == 1
    assert len(lost) == 1
    assert stored(channel).value in {"+556530000001", "+556530000003"}
    assert stored(channel).version == 3


def test_two_undo_one_change_once(people: tuple[Actor, Actor], channel: int) -> None:
    _, manager = people
    saving(manager, channel, 2)
    with db.read_transaction() as session:
        first = session.exec(select(UnitChange.id)).one() or 0
    won, lost = run_concurrently(
        [lambda: db.write_sync(history.undo_change, first, actor=manager, now=NOW)] * 4
    )
    assert (len(won), len(lost)) == (1, 3)


def test_moves_against_each_other_store_no_circle(people: tuple[Actor, Actor]) -> None:
    admin, _ = people
    with db.write_transaction() as session:
        codes = [directory.make_unit(session, f"Vara {n}").code for n in range(4)]
    pairs = [(a, b) for a in codes for b in codes if a != b]
    moves = [
        lambda a=a, b=b: db.write_sync(
            tree.move_unit, a, MoveUnitForm(parent=b), actor=admin, now=NOW
        )
        for a, b in pairs
    ]
    won, _ = run_concurrently(moves)
    assert won
    with db.read_transaction() as session:
        by_id = {unit.id: unit for unit in session.exec(select(Unit))}
    for unit in by_id.values():
        above, steps = unit, []
        while above.parent_id is not None:
            steps.insert(0, above.id)
            above = by_id[above.parent_id]
            assert len(steps) <= len(by_id), "a circle"
        assert unit.path == "/" + "/".join(map(str, [above.id, *steps])) + "/"


def test_the_same_proposal_made_at_once_is_one(people: tuple[Actor, Actor], channel: int) -> None:
    draft = CorrectionForm(channel=channel, wrong="valor", value="6530000002")
    won, lost = run_concurrently(
        [
            lambda n=n: db.write_sync(
                corrections.propose_correction,
                "unidade-a",
                draft,
                address=f"198.51.100.{n}",
                now=NOW,
            )
            for n in range(6)
        ]
    )
    assert (len(won), lost) == (6, [])
    with db.read_transaction() as session:
        assert session.exec(select(ContactProposal.count)).one() == 6


def test_of_two_who_settle_a_proposal_at_once_one_does(
    people: tuple[Actor, Actor], channel: int
) -> None:
    draft = CorrectionForm(channel=channel, wrong="valor", value="6530000002")
    db.write_sync(
        corrections.propose_correction, "unidade-a", draft, address="198.51.100.1", now=NOW
    )
    admin, manager = people
    won, lost = run_concurrently(
        [
            lambda: db.write_sync(corrections.accept_correction, 1, actor=admin, now=NOW),
            lambda: db.write_sync(
                corrections.refuse_correction, 1, "não é", actor=manager, now=NOW
            ),
        ]
    )
    assert len(won) == 1
    assert isinstance(lost[0], ConflictError)
    with db.read_transaction() as session:
        status = session.exec(select(ContactProposal.status)).one()
    accepted = stored(channel).value == "+556530000002"
    assert status == ("aceita" if accepted else "recusada")


def test_two_nights_at_once_ask_a_unit_once(any_database: str) -> None:
    with db.write_transaction() as session:
        unit = directory.make_unit(session, "Vara")
        for row in session.exec(select(Channel).where(col(Channel.unit_id) == unit.id)):
            row.verified_at = None
    sent, lost = run_concurrently(
        [lambda: db.write_sync(verification.send_verification_reminders, now=NOW)] * 4
    )
    assert sum(sent) == 1
    assert not lost
