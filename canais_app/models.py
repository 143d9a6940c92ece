"""All models, for code that needs the whole database."""

from canais_app.accounts import models as accounts
from canais_app.agenda import models as agenda
from canais_app.complaints import models as complaints
from canais_app.complaints.situations import models as situations
from canais_app.directory import models as directory
from canais_app.expediente import models as expediente
from canais_app.kit import models as kit
from canais_app.outbox import models as outbox
from canais_app.webhooks import models as webhooks

__all__ = [
    "accounts",
    "agenda",
    "complaints",
    "directory",
    "expediente",
    "kit",
    "outbox",
    "situations",
    "webhooks",
]
