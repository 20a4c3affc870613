"""The acts of a person on her own account: her password, her second factors, her sessions."""

from dataclasses import dataclass

from marshmallow import fields, validate

from microcredit.kernel.schema import ActSchema, Number, Text


class Secret(fields.String):
    """A password as it was typed, spaces and all."""

    def __init__(self, label: str, *, missing: str = "Indiquez votre mot de passe.") -> None:
        super().__init__(
            required=True,
            metadata={"label": label},
            error_messages={"required": missing, "null": missing},
            validate=validate.Length(1, 1000, error=missing),
        )


@dataclass(frozen=True)
class Code:
    """A code of the application, or one of those on paper."""

    code: str


class CodeSchema(ActSchema[Code]):
    act = Code
    code = Text("Code", longest=40, required=True)


@dataclass(frozen=True)
class Prove:
    """One of: a code, the browser's answer for a passkey, the password."""

    code: str
    credential: str
    password: str


class ProveSchema(ActSchema[Prove]):
    act = Prove
    code = Text("Code", longest=40)
    credential = Text("Clé d’accès", longest=8000)
    password = fields.String(
        load_default="", metadata={"label": "Mot de passe"}, validate=validate.Length(0, 1000)
    )


@dataclass(frozen=True)
class AddTotp:
    """The sealed secret that the page showed, and a code that the application made of it."""

    secret: str
    code: str


class AddTotpSchema(ActSchema[AddTotp]):
    act = AddTotp
    secret = Text("Clé", longest=400, required=True)
    code = Text("Code à six chiffres", longest=40, required=True)


@dataclass(frozen=True)
class AddPasskey:
    """A name for the passkey, and the browser's answer."""

    name: str
    credential: str


class AddPasskeySchema(ActSchema[AddPasskey]):
    act = AddPasskey
    name = Text("Nom de la clé", longest=60, required=True)
    credential = Text("Clé d’accès", longest=8000, required=True)


@dataclass(frozen=True)
class RemoveFactor:
    """The factor to remove."""

    factor: int


class RemoveFactorSchema(ActSchema[RemoveFactor]):
    act = RemoveFactor
    factor = Number("Moyen", 1, 2**62)


@dataclass(frozen=True)
class EndSessions:
    """One of one's sessions, or all the others: 0."""

    session: int


class EndSessionsSchema(ActSchema[EndSessions]):
    act = EndSessions
    session = Number("Session", 0, 2**62)


@dataclass(frozen=True)
class ChangePassword:
    """The present password and the next."""

    password: str
    new_password: str


class ChangePasswordSchema(ActSchema[ChangePassword]):
    act = ChangePassword
    password = Secret("Mot de passe actuel")
    new_password = Secret("Nouveau mot de passe", missing="Indiquez votre nouveau mot de passe.")


@dataclass(frozen=True)
class AskReset:
    """The address whose password is forgotten."""

    email: str


class AskResetSchema(ActSchema[AskReset]):
    act = AskReset
    email = Text("Adresse électronique", longest=254, required=True)


@dataclass(frozen=True)
class Reset:
    """The password that replaces a forgotten one."""

    password: str


class ResetSchema(ActSchema[Reset]):
    act = Reset
    password = Secret("Nouveau mot de passe", missing="Indiquez votre nouveau mot de passe.")
