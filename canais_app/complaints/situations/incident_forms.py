"""What staff send about incidents: the declaration, news, and the review afterwards."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from canais_app.complaints.situations.queries import IncidentKind
from canais_app.directory.channels import ChannelKind
from canais_app.expediente.service import SUPPORTED_YEARS
from canais_app.kit.forms import SingleLineText

MAX_UNITS = 500
PROMISES = (15, 30, 60, 120, 240)  # minutes to the next news, offered on the page


class IncidentStatus(StrEnum):
    """The steps of an incident, in their order."""

    CONFIRMED = "confirmado"
    REPAIR = "em_conserto"
    WATCHED = "em_observacao"
    CLOSED = "encerrado"


STATUS_NAMES = {
    IncidentStatus.CONFIRMED: "Confirmado",
    IncidentStatus.REPAIR: "Em conserto",
    IncidentStatus.WATCHED: "Em observação",
    IncidentStatus.CLOSED: "Encerrado",
}


def _in_supported_years(moment: datetime) -> datetime:
    if moment.year not in SUPPORTED_YEARS:
        raise ValueError(f"Escolha um ano entre {SUPPORTED_YEARS[0]} e {SUPPORTED_YEARS[-1]}.")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_supported_years)]
News = Annotated[SingleLineText, Field(max_length=280)]
Promise = Annotated[int, Field(ge=5, le=24 * 60)]


class IncidentForm(BaseModel):
    """A declaration: members are those of `situations`, and `channels` of `units` and `comarca`.

    A maintenance may be declared ahead of its window, and ends with it.
    """

    title: SingleLineText = Field(min_length=1, max_length=120)
    kind: IncidentKind = IncidentKind.INCIDENT
    is_public: bool = True
    text: News = ""
    works: SingleLineText = Field(default="", max_length=200)
    next_update_minutes: Promise | None = None
    started_at: Moment | None = None
    ends_at: Moment | None = None
    situations: list[Annotated[str, Field(max_length=12)]] = Field(default=[], max_length=100)
    units: list[Annotated[str, Field(max_length=160)]] = Field(default=[], max_length=MAX_UNITS)
    comarca: str = Field(default="", max_length=80)
    channels: list[ChannelKind] = []

    @model_validator(mode="after")
    def _is_whole(self) -> "IncidentForm":
        if self.kind is IncidentKind.MAINTENANCE:
            if self.started_at is None or self.ends_at is None or self.ends_at <= self.started_at:
                raise ValueError("Diga quando a manutenção começa e quando termina.")
        elif self.is_public and not self.works:
            raise ValueError("Diga o que funciona enquanto isso.")
        elif self.is_public and self.next_update_minutes is None:
            raise ValueError("Prometa quando sai a próxima notícia.")
        return self


class UpdateForm(BaseModel):
    """News: public ones promise the next, internal ones are for staff. `status` moves on."""

    text: News = Field(min_length=1)
    is_public: bool = False
    next_update_minutes: Promise | None = None
    status: IncidentStatus | None = None
    ends_at: Moment | None = None
    works: SingleLineText | None = Field(default=None, max_length=200)


class ReviewAction(BaseModel):
    """What changes after an incident, who does it, until when."""

    text: SingleLineText = Field(min_length=1, max_length=200)
    owner: SingleLineText = Field(min_length=1, max_length=120)
    due: date


class ReviewForm(BaseModel):
    """The post-mortem of an incident."""

    what: str = Field(default="", max_length=2000)
    affected: str = Field(default="", max_length=2000)
    worked: str = Field(default="", max_length=2000)
    actions: list[ReviewAction] = Field(default=[], max_length=20)
    is_done: bool = False
