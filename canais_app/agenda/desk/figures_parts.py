"""The card of the gabinete's own figures, and its appointments as files."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.desk.figures_state import FiguresState
from canais_app.agenda.parts import fact
from canais_app.ui.forms import file_link


def figures_card(agenda_id: rx.Var[int]) -> rx.Component:
    """Return the card of an agenda; keyed by agenda, so that another one is loaded."""
    files = (("agenda.csv", "CSV"), ("agenda.xlsx", "XLSX"), ("agenda.pdf", "PDF"))
    return rx.el.section(
        rx.el.h2("Números do gabinete", id="numeros-do-gabinete"),
        rx.el.p("Últimos 90 dias. Só o gabinete os vê.", class_name="small muted"),
        rx.el.dl(
            rx.foreach(FiguresState.figures, lambda one: fact(one.name, one.value)),
            class_name="wk-figures",
        ),
        rx.el.div(
            *(
                file_link(
                    label,
                    f"{routes.CHAMBERS}/arquivos/{name}?agenda=" + agenda_id.to_string(),
                    ": atendimentos desde 90 dias atrás",
                    class_name="btn sec sm",
                    icon="download",
                )
                for name, label in files
            ),
            class_name="row",
        ),
        aria_labelledby="numeros-do-gabinete",
        key=agenda_id.to_string(),
        on_mount=FiguresState.load_figures(agenda_id),
        class_name="card picker-pad stack desk-noprint",
    )
