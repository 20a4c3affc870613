"""A passkey, in Chromium with a virtual authenticator: made, used to sign in, refused when its user is not verified."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession
from tests.browser.conftest import Demo, Enter
from tests.browser.screen import PHONE, Screen

OPTIONS = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Authenticator:
    """The key of the computer, as Chromium plays it."""

    def __init__(self, screen: Screen) -> None:
        self._wire: CDPSession = screen.context.new_cdp_session(screen.page)
        self._wire.send("WebAuthn.enable")
        made = self._wire.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
        self.id = str(made["authenticatorId"])

    def verifies(self, verified: bool) -> None:
        """Whether the finger is the right one from now on."""
        self._wire.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": verified}
        )

    def keys(self) -> list[dict[str, object]]:
        """The keys that it holds."""
        return list(
            self._wire.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        )

    def turn_back(self) -> None:
        """Count signatures again from the first, as a copy of the key would."""
        for key in self.keys():
            wire = {"authenticatorId": self.id, "credentialId": key["credentialId"]}
            self._wire.send("WebAuthn.removeCredential", wire)
            self._wire.send(
                "WebAuthn.addCredential",
                {"authenticatorId": self.id, "credential": key | {"signCount": 0}},
            )


@pytest.fixture
def someone(demo: Demo, enter: Enter) -> Iterator[Screen]:
    """A case worker of a territory where nobody else looks at her account; it is as before afterwards."""
    yield enter("tenant_admin")
    demo.as_owner("DELETE FROM gate.challenge")
    demo.as_owner("DELETE FROM gate.recovery_code")
    demo.as_owner("DELETE FROM gate.factor")
    demo.as_owner("DELETE FROM gate.attempt")


def press(screen: Screen, words: str) -> None:
    """Press a button whose page first speaks with the key."""
    screen.page.get_by_role("button", name=words).click()


def test_a_passkey_is_made_signs_in_and_is_refused_when_it_should_be(
    someone: Screen, enter: Enter
) -> None:
    key = Authenticator(someone)
    someone.open("/ma-securite").look()
    someone.picture("security-none")
    someone.open("/ma-securite/cle").look()
    someone.picture("security-passkey")
    key.verifies(verified=False)
    press(someone, "Créer la clé")
    someone.says("La clé n’a pas répondu")
    key.verifies(verified=True)
    press(someone, "Créer la clé")
    someone.says("Mes codes sur papier")
    assert len(key.keys()) == 1
    press(someone, "Montrer dix nouveaux codes")
    someone.says("ils ne seront plus montrés")
    someone.look()
    someone.picture("security-codes")
    someone.open("/ma-securite").look()
    someone.says("Mon ordinateur")
    someone.picture("security-one")

    someone.open("/connexion")
    someone.context.clear_cookies()
    someone.open("/connexion")
    someone.page.locator('[data-demo-account="tenant_admin"]').first.click()
    someone.says("C’est bien vous ?")
    someone.look()
    someone.picture("security-second")
    key.verifies(verified=False)
    press(someone, "Utiliser ma clé d’accès")
    someone.says("La clé n’a pas répondu")
    key.verifies(verified=True)
    press(someone, "Utiliser ma clé d’accès")
    someone.page.wait_for_url("**/organismes*")
    signed = key.keys()[0]["signCount"]
    assert isinstance(signed, int)
    assert signed > 1

    key.turn_back()
    someone.context.clear_cookies()
    someone.open("/connexion")
    someone.page.locator('[data-demo-account="tenant_admin"]').first.click()
    press(someone, "Utiliser ma clé d’accès")
    someone.says("Cette clé n’a pas été reconnue")


def test_the_pages_of_ones_own_security_fit_a_telephone(enter: Enter) -> None:
    visitor = enter("", width=PHONE)
    visitor.open("/mot-de-passe-oublie").look()
    visitor.picture("security-lost")
    worker = enter("front_desk", width=PHONE)
    for name, path in (("mine", ""), ("totp", "/application"), ("password", "/mot-de-passe")):
        worker.open(f"/ma-securite{path}").look()
        worker.picture(f"security-{name}")
