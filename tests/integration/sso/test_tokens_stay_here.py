"""What a provider hands over stays on the server: a browser sees a code, never a token."""

from collections.abc import Callable

from tests.integration.sso.conftest import Traveller
from tests.integration.sso.provider import FakeProvider, Json

Start = Callable[..., FakeProvider]
Configure = Callable[..., int]
Travel = Callable[..., Traveller]


def test_no_token_of_a_provider_reaches_the_browser(
    honest: Start, configure: Configure, travel: Travel
):
    made: list[str] = []

    def kept(provider: FakeProvider, claims: Json) -> str:
        made.append(provider.signed(claims))
        return made[-1]

    provider, browser = honest(id_token=kept), travel()
    url = browser.address(configure(provider))
    answer = browser.back(provider.sign_in(url))
    assert browser.signed_in()
    assert len(made) == 1
    pages = [answer, browser.client.get("/ma-securite", base_url=browser.origin)]
    for page in pages:
        for token in (made[0], made[0].split(".")[1], "access_token"):
            assert token not in page.text
            assert token not in str(page.headers)
    for cookie in browser.client._cookies.values():
        assert made[0].split(".")[1] not in cookie.value
