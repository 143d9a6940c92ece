"""Several people at the same moment."""

import threading
from collections.abc import Callable

from canais_app.kit.errors import AppError


def run_concurrently(work: list[Callable[[], object]]) -> tuple[list[object], list[AppError]]:
    """Run everything at the same moment; anything but an answer or a refusal is an error."""
    gate = threading.Barrier(len(work))
    answers: list[object] = []
    refusals: list[AppError] = []
    faults: list[BaseException] = []

    def go(one: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers.append(one())
        except AppError as refusal:
            refusals.append(refusal)
        except BaseException as fault:  # noqa: BLE001 (shown by the assertion below)
            faults.append(fault)

    threads = [threading.Thread(target=go, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    return answers, refusals
