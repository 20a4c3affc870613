"""The acts on who has access: inviting, joining, ending, naming."""

import re
from dataclasses import dataclass

from marshmallow import ValidationError, fields

from microcredit.accounts.own_schemas import Secret
from microcredit.kernel.permissions import Role
from microcredit.kernel.schema import ActSchema, Choice, Number, Text

#: What a letter can be sent to: plain letters alone, so that no two addresses look alike.
ADDRESS = re.compile(r"[a-z0-9][a-z0-9._%+'-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


class Address(Text):
    """An address for letters, in small letters."""

    def __init__(self, label: str) -> None:
        super().__init__(label, longest=254, required=True, validate=_is_address)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        return super()._deserialize(value, attr, data, **kwargs).lower()


def _is_address(typed: str) -> None:
    if not ADDRESS.fullmatch(typed):
        raise ValidationError("Écrivez une adresse complète, par exemple prenom.nom@ville.fr.")


@dataclass(frozen=True)
class Invite:
    """Who is invited, as what, and whether she manages the accesses of the organisation."""

    name: str
    email: str
    role: str
    manages: bool = False


class InviteSchema(ActSchema[Invite]):
    act = Invite
    name = Text("Prénom et nom", longest=100, required=True)
    email = Address("Adresse électronique")
    role = Choice("Rôle", Role)
    manages = fields.Boolean(
        load_default=False, metadata={"label": "Gère les accès de cet organisme"}
    )


@dataclass(frozen=True)
class Accept:
    """The name and the password of who starts."""

    name: str
    password: str


class AcceptSchema(ActSchema[Accept]):
    act = Accept
    name = Text("Prénom et nom", longest=100, required=True)
    password = Secret("Mot de passe", missing="Choisissez votre mot de passe.")


@dataclass(frozen=True)
class EndAccess:
    """Whose access takes over the open work, by membership."""

    successor: int | None


class EndAccessSchema(ActSchema[EndAccess]):
    act = EndAccess
    successor = Number("Qui reprend son travail", 1, 2**62, required=False)


@dataclass(frozen=True)
class NameManager:
    """Whether a member manages the accesses of her organisation from now on."""

    manages: bool


class NameManagerSchema(ActSchema[NameManager]):
    act = NameManager
    manages = fields.Boolean(required=True, metadata={"label": "Gère les accès"})


@dataclass(frozen=True)
class AskToJoin:
    """Who asks for an access, where, and what she does there."""

    name: str
    email: str
    organisation: int
    position: str


class AskToJoinSchema(ActSchema[AskToJoin]):
    act = AskToJoin
    name = Text("Prénom et nom", longest=100, required=True)
    email = Address("Adresse électronique professionnelle")
    organisation = Number("Organisme", 1, 2**62)
    position = Text("Votre fonction", longest=100, required=True)
