"""A month as a table of seven columns; arrow keys move over its buttons."""

import reflex as rx

from canais_app.kit.text import WEEKDAY_NAMES, WEEKDAY_SHORT_NAMES

_SATURDAY = 5
# Moves the focus over the selectable days; bundled with the page, not evaluated at run time.
_ARROW_KEY_HANDLER = rx.Var("""(event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7}[event.key];
  const cells = [...event.currentTarget.querySelectorAll("td")];
  const days = cells.map((cell) => cell.querySelector("button"));
  let next = {Home: days.find(Boolean), End: days.findLast(Boolean)}[event.key];
  let at = days.indexOf(event.target.closest("button"));
  while (step && !next && (at += step) >= 0 && days.length > at) next = days[at];
  if (!step && !next) return;
  event.preventDefault();
  if (next) next.focus();
}""")


def week_table(rows: rx.Component, *, labelled_by: str) -> rx.Component:
    """Return the table of `rows` (one `tr` a week, Monday first), named by another element."""
    head = [
        rx.el.th(short, scope="col", abbr=full, class_name="we" if index >= _SATURDAY else "")
        for index, (short, full) in enumerate(zip(WEEKDAY_SHORT_NAMES, WEEKDAY_NAMES, strict=True))
    ]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*head)),
        rx.el.tbody(rows),
        aria_labelledby=labelled_by,
        class_name="picker-cal",
        custom_attrs={"onKeyDown": _ARROW_KEY_HANDLER},
    )
