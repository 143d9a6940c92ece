"""Claim: twenty clients at once for one time, fifty rounds over HTTP: one winner each."""

import asyncio
import statistics
import time
from collections.abc import Iterable
from itertools import islice, zip_longest

import httpx

from bench.claim import Claim
from bench.server import portal

RIVALS, ROUNDS = 20, 50


def claims() -> Iterable[Claim]:
    """Race for times of the demonstration's agendas against a running server."""
    with portal() as url:
        yield from asyncio.run(race(url))


async def race(url: str) -> list[Claim]:
    """Run every round; a 201 is a win, a 409 a plain refusal, anything else a fault."""
    limits = httpx.Limits(max_connections=RIVALS, max_keepalive_connections=RIVALS)
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", limits=limits, timeout=30) as client:
        targets = await _targets(client)
        winners: list[int] = []
        faults = 0
        spent: list[float] = []
        for number, (slug, start, modality) in enumerate(targets):
            answers = await asyncio.gather(
                *(
                    _book(client, slug, start, modality, number * RIVALS + n + 1)
                    for n in range(RIVALS)
                )
            )
            winners.append(sum(status == 201 for status, _ in answers))
            faults += sum(status >= 500 for status, _ in answers)
            spent += [took for status, took in answers if status == 201]
    exact = len(winners) == ROUNDS and set(winners) == {1}
    p95 = statistics.quantiles(spent, n=20)[18] if len(spent) > 1 else 0.0
    return [
        Claim(
            f"{RIVALS} clientes ao mesmo tempo por um horário, {ROUNDS} rodadas por HTTP",
            f"{sum(w == 1 for w in winners)} rodadas com um vencedor (p95 dele {p95:.0f} ms)",
            f"{ROUNDS} de {ROUNDS}",
            exact,
        ),
        Claim("respostas 5xx na disputa", str(faults), "0", faults == 0),
    ]


async def _targets(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Choose fifty free times, from as many agendas as there are."""
    agendas = (await client.get("/agendas")).raise_for_status().json()["items"]
    listed: list[list[tuple[str, str, str]]] = []
    for agenda in agendas:
        answer = (await client.get(f"/agendas/{agenda['slug']}/slots")).raise_for_status()
        found = answer.json()["items"]
        single = [slot for slot in found if slot["free"] == 1]
        listed.append([(agenda["slug"], s["start"], s["modality"]) for s in single[3::4]])
    mixed = (one for row in zip_longest(*listed) for one in row if one)
    return list(islice(mixed, ROUNDS))


async def _book(
    client: httpx.AsyncClient, slug: str, start: str, modality: str, lawyer: int
) -> tuple[int, float]:
    began = time.perf_counter()
    answer = await client.post(
        f"/agendas/{slug}/appointments",
        json={
            "start": start,
            "modality": modality,
            "name": "Pessoa de demonstração",
            "oab_number": str(lawyer),
            "oab_uf": "MT",
            "email": "voce@exemplo.invalid",
            "phone": "(65) 3000-0000",
            "subject": "Medição de disputa por um horário",
            "consent": True,
        },
    )
    return answer.status_code, (time.perf_counter() - began) * 1000
