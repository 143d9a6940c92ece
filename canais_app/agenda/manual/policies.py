"""The policies of an agenda: each in one sentence with an example, its numbers from the code.

`python -m canais_app.agenda.manual.policies` prints `docs/manual-gabinetes.md`; the page
`/gabinete/ajuda` shows the same.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from canais_app.agenda.availability import limits
from canais_app.agenda.availability.rule_values import CODE_MARK, Terms
from canais_app.agenda.booking import offers
from canais_app.agenda.rules import diff
from canais_app.agenda.rules.validation import MAX_KINDS
from canais_app.kit import text

DEFAULTS = Terms()


@dataclass(frozen=True)
class Policy:
    """What a rule does, in one sentence, and an example."""

    name: str
    sentence: str
    example: str


@dataclass(frozen=True)
class Chapter:
    """Policies that belong together; `anchor` is its id on the page."""

    anchor: str
    title: str
    policies: tuple[Policy, ...]


def _lasts(span: timedelta) -> str:
    return text.format_duration(int(span.total_seconds()) // 60)


def _minutes(name: str) -> str:
    return text.format_duration(getattr(DEFAULTS, name))


def _times() -> Iterator[Policy]:
    yield Policy(
        "Janelas",
        "Os inícios contam do começo da janela, um a cada passo, e o atendimento inteiro tem de "
        "caber nela.",
        "Janela das 13h às 14h, duração 20, um início a cada 20: 13h, 13h20 e 13h40.",
    )
    yield Policy(
        "Janelas que se cruzam",
        "Duas janelas do mesmo dia não podem se sobrepor: a publicação é recusada, com o dia.",
        "Segunda das 13h às 15h e segunda das 14h às 16h: junte em 13h às 16h.",
    )
    yield Policy(
        "Datas especiais",
        "Uma data especial substitui as janelas daquele dia; fechada, o dia não abre.",
        "10/12 das 9h às 10h: nesse dia só há 9h às 10h, mesmo sendo quinta de janela à tarde.",
    )
    yield Policy(
        "Feriados",
        "O calendário do Tribunal fecha o dia; só a marca em “Receber em feriado” o abre, uma "
        "data especial sozinha não.",
        "8/12, Dia da Justiça: com a data especial e sem a marca, ninguém consegue marcar.",
    )
    yield Policy(
        "Bloqueios",
        "Um bloqueio tira os horários que toca e não desloca os outros; o que já está marcado "
        "fica, com aviso de conflito, a menos que você mande cancelar.",
        "Bloqueio das 9h40 às 10h10 em passos de 20: caem 9h40 e 10h; o seguinte é 10h20, não "
        "10h10.",
    )
    yield Policy(
        "Folgas",
        "A folga antes e a folga depois se somam ao atendimento e valem entre vizinhos.",
        "Duração 20 e folga depois 5, com início a cada 20: marcar 13h impede 13h20. Com início a "
        "cada 25 nada se perde; o editor avisa.",
    )
    yield Policy(
        "Pessoas ao mesmo tempo",
        "Cada horário tem esse número de lugares; diminuir não desmarca ninguém, mas aparece como "
        "conflito.",
        "De 3 para 1 com duas pessoas às 15h: as duas continuam, e a mesa mostra “2 pessoas "
        "marcadas para 1 lugar”.",
    )
    yield Policy(
        "Horário",
        "Tudo é do relógio de Cuiabá (UTC−4), também para quem marca de longe, que vê os dois.",
        "Quem está em São Paulo lê “14h, no seu fuso 15h”.",
    )


def _kinds() -> Iterator[Policy]:
    yield Policy(
        "Tipos de atendimento",
        f"Até {MAX_KINDS} tipos, cada um com duração, formas, orientações, aprovação e prazo; o "
        "que ficar em branco é o da agenda.",
        "“Despacho de urgência”: 10 minutos, só vídeo, resposta em 6 h. “Conversa”: tudo da "
        "agenda.",
    )
    yield Policy(
        "Link de vídeo",
        f"O link vai como você escrever; só {CODE_MARK} dentro dele dá a cada atendimento a sua "
        "sala.",
        f"https://sala.exemplo/{CODE_MARK} vira https://sala.exemplo/7k3m-q2. Teams, Meet e Zoom "
        "não aceitam código: deixe o link inteiro ou ponha o de cada atendimento na mesa.",
    )
    yield Policy(
        "Link de um atendimento",
        "Na mesa, “Sala de vídeo” troca o link de um só atendimento e avisa todos; o de "
        "moderação só o gabinete vê.",
        "Audiência noutra sala às 15h: troque o link das 15h, os outros ficam.",
    )


def _deadlines() -> Iterator[Policy]:
    yield Policy(
        diff.LABELS["notice_minutes"],
        "Quanto antes, no mínimo, se marca; um início exatamente nesse limite ainda vale. Sem "
        f"mudar: {_minutes('notice_minutes')}.",
        "Com 2 horas, às 12h ainda se marca 14h; às 12h01, não.",
    )
    yield Policy(
        "Horizonte",
        f"Até quando a agenda abre, em dias corridos ou úteis (sem mudar: {DEFAULTS.horizon_days} "
        "corridos); o último dia abre inteiro à meia-noite.",
        "Com 28 dias, no dia 1º à 0h abre o dia 29 inteiro; quem espera na fila é avisado antes.",
    )
    yield Policy(
        diff.LABELS["cancel_notice"],
        "Até quando quem marcou muda ou cancela pelo link; depois, só o gabinete. Sem mudar: "
        f"{_minutes('cancel_notice')} antes.",
        "Com 2 horas, o das 14h se cancela até 12h. Nenhuma carta diz um prazo que já passou.",
    )
    yield Policy(
        "Horário desmarcado",
        "Vai primeiro para a fila de espera e depois volta para todos, no prazo da regra (sem "
        f"mudar: {_minutes('release_delay')}).",
        "Cancelado às 10h: a fila recebe a oferta; às 10h30, sem aceite, aparece para todos.",
    )
    yield Policy(
        diff.LABELS["offer_minutes"],
        f"Quanto a oferta espera a resposta, entre {limits.WAKING_HOURS[0]}h e "
        f"{limits.WAKING_HOURS[1]}h; menos de {_lasts(limits.MIN_OFFER_TIME)} não é oferecido. "
        f"Sem mudar: {_minutes('offer_minutes')}.",
        "Oferta às 21h com 2 horas: vale até 8h do dia seguinte.",
    )
    yield Policy(
        "Reserva de quem preenche",
        f"Quem escolhe um horário o guarda por {_lasts(limits.HOLD_LIFETIME)}; acabado o tempo, "
        "ainda confirma, se ninguém o tomou.",
        "A mesa mostra “em preenchimento”; não é marcação.",
    )


def _limits() -> Iterator[Policy]:
    yield Policy(
        "Limites por inscrição",
        f"Por dia ({DEFAULTS.max_per_oab_per_day}), por mês e ao mesmo tempo "
        f"({DEFAULTS.max_active_per_oab}); OAB com e sem zeros, pontos ou letra é a mesma. Zero é "
        "sem limite.",
        "OAB/MT 1.234 e MT1234 contam juntas.",
    )
    yield Policy(
        "Limites por e-mail e processo",
        f"Ao mesmo tempo, {DEFAULTS.max_active_per_email} por e-mail e "
        f"{DEFAULTS.max_active_per_case} por processo, seja quem for que marca.",
        "Um escritório com um só e-mail chega ao limite: aumente-o, ou peça um e-mail por pessoa.",
    )
    yield Policy(
        "“Não fui eu”",
        "Quem acha a própria inscrição usada por outra pessoa avisa pela agenda; você vê "
        "“inscrição contestada” e confere com quem marcou.",
        "O limite por OAB não deixa a advogada marcar: ela usa “Não fui eu quem marcou”.",
    )


def _answers() -> Iterator[Policy]:
    yield Policy(
        diff.LABELS["needs_approval"],
        "Marcar vira pedido: o horário só é da pessoa quando você aprova, e vários podem pedir o "
        "mesmo; aprovado um, os outros são avisados.",
        "Três pedem 15h: você aprova um; dois recebem a recusa com o caminho para outro horário.",
    )
    yield Policy(
        "Prazo para responder",
        f"{DEFAULTS.answer_hours} horas (Res. CNJ 322/2020), ou o da agenda ou do tipo, nunca em "
        "dia fechado; vencido, o gabinete é cobrado e a Corregedoria lista.",
        "Pedido na sexta às 16h com 48 horas: responder até segunda às 16h.",
    )
    yield Policy(
        "Mudança com aprovação",
        "Quem muda um horário aprovado faz um novo pedido, e o de antes continua até a resposta.",
        "Recusada a mudança de 14h para 16h, o das 14h vale.",
    )
    yield Policy(
        "Cancelar com alternativas",
        f"Você cancela com o motivo e oferece até {offers.MAX_ALTERNATIVES} horários, guardados "
        f"por {_lasts(offers.ALTERNATIVE_LIFETIME)}; aceito um, os outros voltam.",
        "Com mais de um lugar, cancelar fecha só aquele lugar.",
    )
    yield Policy(
        "Marcar por alguém",
        "Na mesa você marca por quem telefona: vale na hora, sem antecedência, aprovação nem "
        "limites, e a carta diz que foi o gabinete.",
        "Defensor liga às 13h50 para as 14h: marque, e os três são avisados.",
    )
    yield Policy(
        "Ordem de chegada",
        "Agendar é opcional (Lei 8.906/94, art. 7º, VIII): quem vem sem hora entra na lista do "
        "dia, urgentes primeiro.",
        "A urgência das 14h10 passa à frente de quem chegou às 13h.",
    )
    yield Policy(
        "“Ninguém me atendeu”",
        "Quem marcou diz se foi atendida(o), ao lado da sua anotação; as diferenças aparecem na "
        "mesa e na Corregedoria.",
        "Você anotou falta, a pessoa diz que ninguém abriu a sala: os dois registros ficam.",
    )


def _changes() -> Iterator[Policy]:
    yield Policy(
        "Versões",
        "Publicar cria uma versão que vale de um dia em diante; o que está marcado fica, e antes "
        "de publicar você vê quantas pessoas são avisadas e o que cai.",
        "Nova duração a partir de 10/12: até o dia 9 vale a antiga.",
    )
    yield Policy(
        "Substituição",
        "No período, o gabinete substituto usa a mesa e recebe os avisos; depois volta sozinho, e "
        "quem marcou é avisado na ida e na volta.",
        "De 1º a 15/12 atende a 2ª Vara: no dia 16 tudo volta, sem ninguém fazer nada.",
    )
    yield Policy(
        "Despublicar",
        "Ninguém mais vê nem marca; o que está marcado continua, e as regras ficam guardadas.",
        "Férias longas: despublique, e publique de novo na volta.",
    )
    yield Policy(
        "Lembretes",
        "Vão por e-mail "
        + ", ".join(f"{hours}" for hours in limits.REMINDER_HOURS)
        + " horas antes, os que você escolher; nunca para um dia fechado.",
        "Marcado só 24: um lembrete na véspera, também para o gabinete e a secretaria.",
    )


CHAPTERS = (
    Chapter("horarios", "Quando há horário", tuple(_times())),
    Chapter("tipos", "O que se marca, e onde", tuple(_kinds())),
    Chapter("prazos", "Prazos", tuple(_deadlines())),
    Chapter("limites", "Limites", tuple(_limits())),
    Chapter("respostas", "Responder e atender", tuple(_answers())),
    Chapter("mudancas", "Mudar as regras", tuple(_changes())),
)
LEAD = (
    "O que cada regra da agenda faz, em uma frase, com um exemplo. Os números são os que valem "
    "quando o gabinete não muda nada."
)


def render_document() -> str:
    """Return the text of docs/manual-gabinetes.md."""
    lines = [
        "# Manual dos gabinetes",
        "",
        LEAD,
        "",
        "A mesma página está em `/gabinete/ajuda`. Impresso por",
        "`python -m canais_app.agenda.manual.policies > docs/manual-gabinetes.md`.",
    ]
    for chapter in CHAPTERS:
        lines += ["", f"## {chapter.title}", ""]
        for one in chapter.policies:
            lines += [f"- **{one.name}.** {one.sentence}", f"  *Exemplo:* {one.example}"]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(render_document())
