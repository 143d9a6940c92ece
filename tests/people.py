"""The people of the tests, one or two for each role.

Graça and Mauro work in unit `a`, Bruna and Gil in unit `b`, which cannot see the data of `a`.
"""

from dataclasses import dataclass

from canais_app.accounts.roles import Role

PASSWORD = "cavalo bateria grampo certo"


@dataclass(frozen=True)
class Person:
    """A person with an account; `unit` scopes the role to unit `a` or `b`."""

    name: str
    email: str
    roles: tuple[Role, ...]
    unit: str = ""
    status: str = "active"


ADMIN = Person("Ada, da DAPI", "ada@exemplo.invalid", (Role.ADMIN,))
CORREGEDORIA = Person("Célia, da Corregedoria", "celia@exemplo.invalid", (Role.CORREGEDORIA,))
MANAGER_A = Person("Mauro, gestor de A", "mauro@exemplo.invalid", (Role.MANAGER,), "a")
MANAGER_B = Person("Bruna, gestora de B", "bruna@exemplo.invalid", (Role.MANAGER,), "b")
CHAMBERS_A = Person("Graça, do gabinete A", "graca@exemplo.invalid", (Role.CHAMBERS,), "a")
CHAMBERS_B = Person("Gil, do gabinete B", "gil@exemplo.invalid", (Role.CHAMBERS,), "b")
READER = Person("Leo, que só lê", "leo@exemplo.invalid", (Role.READER,))
NO_ROLE = Person("Nina, sem perfil", "nina@exemplo.invalid", ())
SUSPENDED = Person("Ivo, suspenso", "ivo@exemplo.invalid", (Role.ADMIN,), status="suspended")

ALL_PEOPLE = (
    ADMIN,
    CORREGEDORIA,
    MANAGER_A,
    MANAGER_B,
    CHAMBERS_A,
    CHAMBERS_B,
    READER,
    NO_ROLE,
    SUSPENDED,
)
