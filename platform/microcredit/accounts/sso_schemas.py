"""The acts of single sign-on: setting out, providers, arrivals."""

from dataclasses import dataclass

from marshmallow import ValidationError, fields, validate, validates_schema

from microcredit.kernel.codes import Labelled
from microcredit.kernel.permissions import Role
from microcredit.kernel.schema import ActSchema, Choice, Number, Text


class Admission(Labelled):
    """Whom a provider lets in besides those it let in before."""

    WAIT = "wait", "Chaque arrivée attend que vous l’acceptiez"
    RULE = "rule", "Les arrivées qui suivent la règle ci-dessous entrent, les autres attendent"
    INVITED = "invited", "Les personnes invitées seulement"


class Profile(Labelled):
    """How a provider is spoken to."""

    OIDC = "oidc", "OpenID Connect"
    PROCONNECT = "proconnect", "ProConnect"


#: Roles that a rule, or one person's click, may start: none reads a case but one's own referrals.
OPEN_ROLES = ("prescriber_adviser", "funder_viewer", "elected_member")


@dataclass(frozen=True)
class SetOut:
    """Go to a provider; `invitation` is the secret of the link that one came by.

    `again` says « oui » for somebody signed in who goes there to prove that it is still she.
    """

    invitation: str
    again: str


class SetOutSchema(ActSchema[SetOut]):
    act = SetOut
    invitation = Text("Invitation", longest=100)
    again = Text("Confirmation", longest=3)


@dataclass(frozen=True)
class SaveProvider:
    """A provider's settings; `provider` 0 adds one. An empty secret keeps the one that is there."""

    provider: int
    name: str
    issuer: str
    client_id: str
    secret: str
    organisation: int
    role: str
    admission: str
    domain: str
    siret: str
    profile: str
    requires_acr: str
    requires_amr: str


class SaveProviderSchema(ActSchema[SaveProvider]):
    act = SaveProvider
    provider = Number("Fournisseur", 0, 2**62)
    name = Text("Nom sur le bouton de connexion", longest=80, required=True)
    issuer = Text("Adresse de l’émetteur", longest=300, required=True)
    client_id = Text("Identifiant de client", longest=200, required=True)
    secret = Text("Secret de client", longest=500)
    organisation = Number("Organisme", 1, 2**62)
    role = Choice("Rôle proposé", Role)
    admission = Choice("Qui entre", Admission)
    domain = Text(
        "Domaine des adresses", longest=100,
        validate=validate.Regexp(
            r"(?:[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+)?\Z", error="Un domaine, comme mission-locale.example."
        ),
    )  # fmt: skip
    siret = Text(
        "SIRET de l’organisme", longest=14,
        validate=validate.Regexp(r"(?:[0-9]{14})?\Z", error="14 chiffres, sans espace."),
    )  # fmt: skip
    profile = Choice("Sorte de fournisseur", Profile)
    requires_acr = Text("Niveaux de vérification exigés", longest=300)
    requires_amr = Text("Moyens de vérification exigés", longest=300)

    @validates_schema(skip_on_field_errors=True)
    def _admission_fits(self, data: dict[str, object], **_: object) -> None:
        if data["admission"] == "rule" and not (data["domain"] or data["siret"]):
            raise ValidationError("Une règle a besoin d’un domaine ou d’un SIRET.", "domain")
        if data["profile"] == "proconnect" and not data["siret"]:
            raise ValidationError(
                "ProConnect connaît les agents de toute la France : indiquez le SIRET de l’organisme.",
                "siret",
            )
        if data["admission"] != "invited" and data["role"] not in OPEN_ROLES:
            raise ValidationError(
                "Ce rôle voit des dossiers : il ne s’ouvre que par une invitation, qu’une seconde"
                " personne confirme.",
                "admission",
            )


@dataclass(frozen=True)
class SwitchProvider:
    """Switch a provider on or off."""

    provider: int
    active: bool


class SwitchProviderSchema(ActSchema[SwitchProvider]):
    act = SwitchProvider
    provider = Number("Fournisseur", 1, 2**62)
    active = fields.Boolean(required=True, metadata={"label": "État"})


@dataclass(frozen=True)
class DecideArrival:
    """Accept somebody who waits, or not."""

    arrival: int
    accept: bool


class DecideArrivalSchema(ActSchema[DecideArrival]):
    act = DecideArrival
    arrival = Number("Arrivée", 1, 2**62)
    accept = fields.Boolean(required=True, metadata={"label": "Réponse"})
