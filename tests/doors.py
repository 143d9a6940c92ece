"""Send events through Reflex's own pipeline, as a browser would, and requests to the routes."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import BaseState
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

import canais_app.canais_app  # noqa: F401 (every page registers its States)
from canais_app.accounts import cookies
from tests.portal import shared_app


@dataclass
class EventResult:
    """Exceptions, redirects and the State's vars that differ from their defaults."""

    wrong: list[Exception] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    deltas: dict[str, Any] = field(default_factory=dict)
    page: dict[str, dict[str, Any]] = field(default_factory=dict)  # of every State, by full name


class _UpdateSink:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.delta: dict[str, dict[str, Any]] = {}

    async def emit_update(self, update: Any, token: str) -> None:  # noqa: ARG002 (Reflex's own)
        self.events.extend(update.events)
        for state, values in (update.delta or {}).items():
            self.delta.setdefault(state, {}).update(values)


def list_handlers() -> dict[str, tuple[type[BaseState], str, list[str]]]:
    """Return every event a browser may send: `Class.handler` → State, full name, parameters."""
    found: dict[str, tuple[type[BaseState], str, list[str]]] = {}
    for full, registered in RegistrationContext.get().event_handlers.items():
        state = registered.states[0]
        short = f"{state.__name__}.{full.rpartition('.')[2]}"
        if short in found:
            raise AssertionError(f"two States named alike: {short}")
        found[short] = (state, full, list(registered.handler.get_parameters())[1:])
    return found


class Browser:
    """A tab: its state is kept between events; `cookie` is the session's token."""

    def __init__(
        self,
        cookie: str = "",
        path: str = "/",
        on_failure: Callable[[Exception], Any] | None = None,
    ) -> None:
        self.token = str(uuid4())
        self.cookie = cookie
        self.path = path
        self.on_failure = on_failure
        self.manager = StateManagerMemory()

    def _router_data(self) -> dict[str, Any]:
        return {
            "headers": {"cookie": f"{cookies.SESSION_COOKIE}={self.cookie}"} if self.cookie else {},
            "pathname": self.path.partition("?")[0],
            "asPath": self.path,
            "query": {},
            "token": self.token,
            "sid": "",
            "ip": "127.0.0.1",
        }

    async def send(self, full: str, payload: Mapping[str, Any]) -> EventResult:
        """Send one event and wait until everything that it started has ended."""
        sink, answer = _UpdateSink(), EventResult()

        def catch(exception: Exception) -> Any:
            answer.wrong.append(exception)
            return self.on_failure(exception) if self.on_failure else None

        processor = BaseStateEventProcessor(
            backend_exception_handler=catch, graceful_shutdown_timeout=5
        ).configure(state_manager=self.manager, event_namespace=sink)  # type: ignore[arg-type]
        async with processor:
            event = Event(name=full, router_data=self._router_data(), payload=dict(payload))
            try:
                await (await processor.enqueue(self.token, event))
            except Exception as exception:  # noqa: BLE001 (the test asserts on it)
                answer.wrong.append(exception)
        paths = [str(e.payload.get("path")) for e in sink.events if e.name == "_redirect"]
        answer.redirects = list(dict.fromkeys(paths))  # the page's own load may redirect too
        state = RegistrationContext.get().base_states[full.rpartition(".")[0]]
        answer.page = {
            full: {name.removesuffix(FIELD_MARKER): value for name, value in values.items()}
            for full, values in sink.delta.items()
        }
        answer.deltas = answer.page.get(state.get_full_name(), {})
        answer.told = {
            k: v for k, v in answer.deltas.items() if _plain(v) != default_value_of(state, k)
        }
        return answer


async def call_route(request: Mapping[str, Any], **headers: str) -> httpx.Response:
    """Send one request to the API; an exception in it is a 500 response."""
    transport = httpx.ASGITransport(shared_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.invalid") as client:
        return await client.request(**request, headers=headers)


def default_value_of(state: type[BaseState], name: str) -> object:
    """Return the default value of a var."""
    known = state.get_fields().get(name)
    if known is None:
        return None  # a computed var
    made = known.default_value() if hasattr(known, "default_value") else known.default
    return _plain(made)


def _plain(made: Any) -> object:
    return dataclasses.asdict(made) if dataclasses.is_dataclass(made) else made  # type: ignore[arg-type]
