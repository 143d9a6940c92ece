"""Static pages: about, accessibility, privacy."""

import reflex as rx

from canais_app import routes
from canais_app.ui import shell


def _text(title: str, path: str, *children: rx.Component) -> rx.Component:
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), (title, path)),
        shell.page_heading(title),
        rx.el.div(*children, class_name="essay section"),
        here=path,
    )


def _items(*items: str) -> rx.Component:
    return rx.el.ul(*[rx.el.li(item) for item in items])


def about() -> rx.Component:
    """Return Sobre; the plantão has its own section."""
    return _text(
        "Sobre o portal",
        routes.ABOUT,
        rx.el.p(
            "Este portal reúne os canais permanentes de atendimento do Poder Judiciário de Mato "
            "Grosso: telefone, e-mail, WhatsApp, Balcão Virtual e agendamento com magistrados, de "
            "todas as unidades do 1º e do 2º grau."
        ),
        rx.el.h2("O Balcão Virtual"),
        rx.el.p(
            "É o atendimento por vídeo no balcão da unidade, no horário de expediente, por ordem "
            "de chegada e sem hora marcada (Resolução CNJ 372/2021). Não é o gabinete do "
            "magistrado e não recebe petições."
        ),
        rx.el.h2("Conversar com o magistrado"),
        rx.el.p(
            "O agendamento é uma facilidade. Advogadas e advogados podem dirigir-se aos "
            "magistrados independentemente de horário previamente marcado, observada a ordem de "
            "chegada (Lei 8.906/94, art. 7º, VIII)."
        ),
        rx.el.h2("Plantão judiciário", id="plantao"),
        rx.el.p(
            "Medidas urgentes fora do expediente são atendidas pelo plantão: nos dias úteis, das "
            "19h às 11h59; nos fins de semana, feriados e no recesso (20/12 a 6/1), o dia todo. "
            "Os horários são os de Cuiabá (UTC−4)."
        ),
        rx.el.h2("Ouvidoria"),
        rx.el.p(
            "Reclamações sobre magistrados ou sobre demora de processos são da Ouvidoria: ",
            rx.el.a("0800 647 1420", href="tel:08006471420"),
            ", das 12h às 19h, ou ",
            rx.el.a("ouvidoria@tjmt.jus.br", href="mailto:ouvidoria@tjmt.jus.br"),
            ".",
        ),
    )


def _adjustment(words: str, name: str, value: str) -> rx.Component:
    """Return a button that `assets/keep.js` obeys."""
    return rx.el.button(
        words,
        type="button",
        class_name="chip",
        custom_attrs={"data-ajuste": name, "data-valor": value},
    )


def _adjustments() -> rx.Component:
    return rx.fragment(
        rx.el.h2("Ajuste a letra e o contraste", id="ajustes"),
        rx.el.div(
            rx.el.div(
                _adjustment("Letra normal", "letra", ""),
                _adjustment("Letra maior", "letra", "maior"),
                _adjustment("Letra ainda maior", "letra", "grande"),
                role="group",
                aria_label="Tamanho da letra",
                class_name="row",
            ),
            rx.el.div(
                _adjustment("Contraste normal", "contraste", ""),
                _adjustment("Mais contraste", "contraste", "mais"),
                role="group",
                aria_label="Contraste",
                class_name="row",
            ),
            rx.el.p("A escolha fica só neste aparelho.", class_name="small muted"),
            class_name="stack js-only",
        ),
        rx.el.noscript(
            rx.el.p(
                "Sem JavaScript, use o zoom do navegador (Ctrl e +) e o contraste do seu sistema."
            )
        ),
    )


def accessibility() -> rx.Component:
    """Return Acessibilidade."""
    return _text(
        "Acessibilidade",
        routes.ACCESSIBILITY,
        _adjustments(),
        rx.el.h2("O que seguimos"),
        rx.el.p(
            "O portal segue a WCAG 2.2, nível AA, e a ABNT NBR 17225. Cada página é conferida por "
            "um verificador automático, inclusive com os seus erros à vista, e pode ser usada só "
            "com o teclado, com leitor de tela e com letras a 200%."
        ),
        rx.el.h2("Atalhos"),
        _items(
            "A primeira tecla Tab de cada página leva ao conteúdo.",
            "No calendário de horários, as setas andam pelos dias e Enter escolhe.",
            "O tema e o contraste seguem o seu sistema, até que você os ajuste acima.",
        ),
        rx.el.h2("Sem JavaScript"),
        rx.el.p(
            "Buscar, ler a unidade e a comarca, ver a situação e relatar uma falha funcionam sem "
            "JavaScript. Escolher um horário de agendamento ainda precisa dele."
        ),
        rx.el.h2("Declaração de acessibilidade"),
        rx.el.p(
            "Declaração de 30/11/2026, feita pela própria equipe: um verificador automático em "
            "cada página e o uso só com o teclado. Limites que conhecemos:"
        ),
        _items(
            "Ainda não há tradução em Libras nas páginas.",
            "Salas de vídeo, mapas e o PJe abrem fora deste portal e têm acessibilidade própria.",
            "Ainda não fizemos testes com pessoas que usam leitor de tela.",
        ),
        rx.el.p(
            "Quem relata uma barreira recebe resposta em até 30 dias, prorrogáveis uma vez por "
            "mais 30."
        ),
        rx.el.h2("Encontrou uma barreira?"),
        rx.el.p(
            rx.el.a("Relate o problema", href=routes.REPORT),
            " e escolha “problema de acessibilidade”, ou ligue para a Ouvidoria: 0800 647 1420.",
        ),
    )


def privacy() -> rx.Component:
    """Return Privacidade."""
    return _text(
        "Privacidade",
        routes.PRIVACY,
        rx.el.p(
            "Guardamos o mínimo, pelo menor tempo, como mandam a LGPD (Lei 13.709/2018) e a "
            "Resolução CNJ 363/2021."
        ),
        rx.el.h2("O que não guardamos"),
        _items(
            "O número do processo que você digita na busca: ele não vai para o endereço da "
            "página, para registros nem para o banco de dados.",
            "O seu endereço de internet: só um código que muda todo dia e não pode ser desfeito.",
            "Rastreadores: não há publicidade, nem recursos de outros sites.",
        ),
        rx.el.h2("O que guardamos"),
        _items(
            "Agendamentos: nome, OAB, e-mail, telefone, processo e assunto, para o gabinete "
            "atender. São anonimizados 180 dias depois.",
            "Relatos: o texto e, se você quiser, nome e e-mail. A identidade é apagada 180 dias "
            "depois de encerrado o caso, e cada consulta a ela fica registrada.",
        ),
        rx.el.h2("Seus direitos"),
        rx.el.p(
            "Para saber, corrigir ou apagar o que temos sobre você, fale com a Ouvidoria: "
            "0800 647 1420 ou ouvidoria@tjmt.jus.br."
        ),
    )
