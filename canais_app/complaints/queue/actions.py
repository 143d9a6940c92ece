"""What the desk's buttons and keys do to the complaint in the panel, or to the chosen rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from canais_app.accounts import drafts
from canais_app.accounts.roles import Actor
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.triage import bulk
from canais_app.complaints.triage import service as triage
from canais_app.complaints.triage.bulk import BulkResult, Versions
from canais_app.complaints.triage.case import Change
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import pluralise


@dataclass(frozen=True)
class PanelAction:
    """An action on one complaint: what is said when it is done, and whether the next row opens."""

    work: Callable[..., Change | None]
    news: str
    goes_on: bool = False


def _note(  # noqa: PLR0913 (as every action)
    session: Session, actor: Actor, protocol: str, words: str, *, version: int, now: datetime
) -> None:
    del version  # a note is no answer to what was read
    _require_text(words)
    triage.write_staff_message(session, actor, protocol, words, public=False, now=now)


def _message(  # noqa: PLR0913 (as every action)
    session: Session, actor: Actor, protocol: str, words: str, *, version: int, now: datetime
) -> None:
    del version
    _require_text(words)
    triage.write_staff_message(session, actor, protocol, words, public=True, now=now)


def _move(to: ComplaintStatus) -> Callable[..., Change]:
    def work(  # noqa: PLR0913 (as every action)
        session: Session, actor: Actor, protocol: str, words: str, *, version: int, now: datetime
    ) -> Change:
        return triage.move_complaint(session, actor, protocol, to, words, version=version, now=now)

    return work


def _take(
    session: Session, actor: Actor, protocol: str, _words: str, *, version: int, now: datetime
) -> Change:
    owner = actor.staff_id
    return triage.assign_complaint(session, actor, protocol, owner, version=version, now=now)


def _require_text(words: str) -> None:
    if not words.strip():
        raise InvalidError("Escreva o texto antes.", {"text": "Preencha este campo."})


PANEL_ACTIONS: Mapping[str, PanelAction] = {
    "assumir": PanelAction(_take, "Está com você."),
    "responder": PanelAction(triage.answer_complaint, "Respondida.", goes_on=True),
    "encaminhar": PanelAction(triage.forward_complaint, "Encaminhada à unidade.", goes_on=True),
    "devolver": PanelAction(triage.return_to_unit, "Voltou à unidade.", goes_on=True),
    "complemento": PanelAction(
        triage.ask_reporter, "Pedido enviado: o prazo está parado.", goes_on=True
    ),
    "prorrogar": PanelAction(triage.extend_deadline, "Prazo prorrogado por 30 dias."),
    "nota": PanelAction(_note, "Nota guardada."),
    "mensagem": PanelAction(_message, "Mensagem enviada."),
    "em_analise": PanelAction(_move(ComplaintStatus.IN_REVIEW), "Em análise."),
    "nao_confirmada": PanelAction(
        _move(ComplaintStatus.NOT_CONFIRMED), "Encerrada: não confirmada.", goes_on=True
    ),
    "resolvida": PanelAction(_move(ComplaintStatus.SOLVED), "Encerrada: resolvida.", goes_on=True),
}


def run_panel_action(  # noqa: PLR0913 (as every action)
    session: Session,
    actor: Actor,
    action: str,
    protocol: str,
    text: str,
    *,
    version: int,
    now: datetime,
) -> Change | None:
    """Run an action of the panel; the draft of its text is gone with it."""
    change = PANEL_ACTIONS[action].work(session, actor, protocol, text, version=version, now=now)
    if text:
        drafts.discard_draft(session, f"reclamacao:{protocol}", actor=actor, now=now)
    return change


def run_bulk(  # noqa: PLR0913, PLR0917 (an action on many has that many parts)
    session: Session,
    actor: Actor,
    action: str,
    protocols: list[str],
    words: str,
    owner: int,
    *,
    versions: Versions,
    now: datetime,
) -> BulkResult:
    """Run an action on the chosen complaints.

    Raises:
        InvalidError: an unknown action, or nothing is chosen.
    """
    match action:
        case "assumir":
            work, extra = bulk.assign_all, (actor.staff_id,)
        case "passar":
            work, extra = bulk.assign_all, (owner or None,)
        case "encaminhar":
            work, extra = bulk.forward_all, (words,)
        case "responder":
            work, extra = bulk.answer_all, (words,)
        case "juntar":
            # The first of them is the original of the others.
            if len(protocols) < 2:  # noqa: PLR2004 (a pair)
                raise InvalidError("Escolha pelo menos duas para juntar.")
            work, extra = bulk.merge_all, (protocols[0],)
        case "em_analise" | "nao_confirmada" | "resolvida":
            work, extra = bulk.move_all, (ComplaintStatus(action), words)
        case _:
            raise InvalidError("Escolha uma ação da lista.")
    run: Callable[..., BulkResult] = work
    return run(session, actor, protocols, *extra, versions=versions, now=now)


_DEEDS = {
    "assumir": ("com você", "com você"),
    "passar": ("passada", "passadas"),
    "encaminhar": ("encaminhada", "encaminhadas"),
    "responder": ("respondida", "respondidas"),
    "juntar": ("juntada à primeira", "juntadas à primeira"),
    "em_analise": ("em análise", "em análise"),
    "nao_confirmada": ("encerrada", "encerradas"),
    "resolvida": ("encerrada", "encerradas"),
    "desfazer": ("desfeita", "desfeitas"),
}


def describe_result(action: str, result: BulkResult) -> tuple[str, str]:
    """Return what was done, and what was refused and why, in words (or empty)."""
    done, refused = len(result.done), result.refused
    one, many = _DEEDS[action]
    if not refused:
        return pluralise(done, f"reclamação {one}.", f"reclamações {many}."), ""
    total = done + len(refused)
    first = f"{done} de {total} {one if done == 1 else many}."
    reasons: dict[str, list[str]] = {}
    for protocol, sentence in refused.items():
        reasons.setdefault(sentence, []).append(protocol)
    kept = [f"{', '.join(names)} ficou: {why}" for why, names in reasons.items()]
    return first, " ".join(kept)
