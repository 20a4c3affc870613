"""Addresses that an administrator or a provider writes: the open internet over https, nothing nearer."""

import ipaddress

import pytest

from microcredit.accounts.services.sso.errors import Refused
from microcredit.accounts.services.sso.network import check_address, dial, is_public


@pytest.mark.parametrize(
    "near",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",  # noqa: S104
     "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "ff02::1"],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_internet_is_never_public(near: str):
    assert not is_public(ipaddress.ip_address(near))


@pytest.mark.parametrize("far", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_an_address_of_the_open_internet_is_public(far: str):
    assert is_public(ipaddress.ip_address(far))


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost", "[::1]", "0x7f000001"])
def test_nothing_on_this_machine_is_called_however_it_is_spelt(host: str):
    with pytest.raises(Refused, match="vérifier") as refused:
        dial(host, 9, loopback=False)
    assert refused.value.why == "address"


@pytest.mark.parametrize(
    "url",
    ["http://id.example", "ftp://id.example", "https://", "https://u:p@id.example", "https://id.example/#x",
     "https://id.example:x/", "https://id.example/\r\nX: y", "https://id.exâmple", "//id.example", "",
     "http://127.0.0.1:8080"],
)  # fmt: skip
def test_an_address_that_is_not_plain_https_is_refused(url: str):
    with pytest.raises(Refused):
        check_address(url, loopback=False)


def test_a_plain_address_is_taken_and_this_machine_when_the_settings_say_so():
    assert check_address("https://id.example/realm", loopback=False)
    assert check_address("http://127.0.0.1:8080", loopback=True)
    with pytest.raises(Refused):
        check_address("http://id.example", loopback=True)
