"""What a prescriber says of the person she refers, and of the referrals she looks for."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields, validate

from microcredit.cases.codes import Motive
from microcredit.kernel.schema import ActSchema, Choice, Day, LongText, Text
from microcredit.people.codes import Civility

#: Nobody is referred without knowing.
ASK_FIRST = "Demandez d’abord à la personne si elle est d’accord."


@dataclass(frozen=True)
class Referral:
    """Somebody who is referred, who agrees to it. The amount is asked later, by the case worker."""

    civility: str
    last_name: str
    first_names: str
    birth_date: date
    phone: str
    commune: str
    motive: str
    project: str
    consent: bool


class ReferralSchema(ActSchema[Referral]):
    act = Referral
    civility = Choice("Civilité", Civility, required=False)
    last_name = Text("Nom", longest=80, required=True)
    first_names = Text("Prénom", longest=80, required=True)
    birth_date = Day("Date de naissance")
    phone = Text("Téléphone", longest=20, required=True)
    commune = Text("Commune de résidence", longest=5, required=True)
    motive = Choice("Pour quel projet", Motive)
    project = LongText("Le projet en quelques mots", longest=1000, required=True)
    consent = fields.Boolean(
        required=True,
        metadata={"label": "Accord de la personne"},
        validate=validate.Equal(True, error=ASK_FIRST),
        error_messages={"required": ASK_FIRST},
    )


@dataclass(frozen=True)
class SearchReferrals:
    """A name that somebody looks for among her referrals."""

    q: str


class SearchReferralsSchema(ActSchema[SearchReferrals]):
    act = SearchReferrals
    q = Text("Nom", longest=100, required=True)


@dataclass(frozen=True)
class ReferralFilters:
    """Which referrals to list: `r` is a search, sealed."""

    r: str = ""
    page: str = ""


class ReferralFiltersSchema(ActSchema[ReferralFilters]):
    act = ReferralFilters
    r = Text("Recherche", longest=800)
    page = Text("Page", longest=400)
