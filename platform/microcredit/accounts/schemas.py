"""The acts of signing in and changing hats."""

from dataclasses import dataclass

from marshmallow import fields, validate

from microcredit.kernel.schema import ActSchema, Number, Text


@dataclass(frozen=True)
class SignIn:
    """An address and a password."""

    email: str
    password: str


class SignInSchema(ActSchema[SignIn]):
    act = SignIn
    email = Text("Adresse électronique", longest=254, required=True)
    password = fields.String(
        required=True,
        metadata={"label": "Mot de passe"},
        validate=validate.Length(1, 1000, error="Indiquez votre mot de passe."),
    )


@dataclass(frozen=True)
class PutOnHat:
    """The membership to act under from now on."""

    membership: int


class PutOnHatSchema(ActSchema[PutOnHat]):
    act = PutOnHat
    membership = Number("Casquette", 1, 2**62)


@dataclass(frozen=True)
class DemoSignIn:
    """The demo account to sign in with."""

    account: int


class DemoSignInSchema(ActSchema[DemoSignIn]):
    act = DemoSignIn
    account = Number("Compte", 1, 2**62)
