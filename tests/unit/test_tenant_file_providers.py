"""What `tenants check` says of the [[providers]] of a tenant file, and where their secrets may come from."""

from pathlib import Path

import pytest
from tests.unit.test_tenant_file_faults import GOOD, faults

from microcredit.groupings.register import register
from microcredit.settings import SettingsError, provider_secret
from microcredit.tenant_files.reading import read_text

PROVIDER = """
[[providers]]
name = "Mission locale"
organisation = "Mission locale"
role = "prescriber_adviser"
issuer = "https://connexion.mission.example"
client_id = "microcredit"
secret = "MICROCREDIT_PROVIDER_MISSION"
admission = "rule"
domain = "mission.example"
requires_amr = ["mfa"]
"""
PROCONNECT = PROVIDER.replace(
    'domain = "mission.example"', 'profile = "proconnect"\nsiret = "12345678901234"'
)
RULE = 'admission = "rule"\ndomain = "mission.example"'


def test_a_file_with_providers_has_no_fault_and_says_what_it_leaves_out():
    for provider, profile in ((PROVIDER, "oidc"), (PROCONNECT, "proconnect")):
        file = read_text("vallee-claire.toml", (GOOD + provider).encode(), register())
        assert file.faults == ()
        (read,) = file.territory["providers"]
        assert (read["profile"], read["requires_acr"], read["requires_amr"]) == (
            profile,
            [],
            ["mfa"],
        )
    bare = PROVIDER.replace(RULE + '\nrequires_amr = ["mfa"]', "")
    (read,) = read_text("v-c.toml", (GOOD + bare).encode(), register()).territory["providers"]
    assert (read["admission"], read["domain"], read["requires_amr"]) == ("wait", "", [])


@pytest.mark.parametrize(
    ("was", "becomes", "key", "sentence"),
    [
        ('"MICROCREDIT_PROVIDER_MISSION"', '"s3cr3t"', "secret",
         "Le secret ne s’écrit pas ici : indiquez le nom de la variable qui le contient, "
         'comme "MICROCREDIT_PROVIDER_MISSION_LOCALE".'),
        ('"MICROCREDIT_PROVIDER_MISSION"', '"MICROCREDIT_MASTER_KEY"', "secret",
         "Le secret ne s’écrit pas ici : indiquez le nom de la variable qui le contient, "
         'comme "MICROCREDIT_PROVIDER_MISSION_LOCALE".'),
        ('organisation = "Mission locale"', 'organisation = "Mission du Nord"', "organisation",
         "« Mission du Nord » n’est le nom d’aucun organisme de ce fichier."),
        ('"prescriber_adviser"', '"elected_member"', "role",
         "« Mission locale » ne donne pas le rôle « elected_member »."),
        ('"https://connexion', '"http://connexion', "issuer",
         "Une adresse publique est attendue, qui commence par https:// et sans « # »."),
        (RULE, 'admission = "rule"', "admission",
         "Une règle a besoin d’un domaine (domain) ou d’un SIRET (siret)."),
        (RULE, 'domain = "mission.example"', "admission",
         'Un domaine ou un SIRET ne sert qu’avec une règle : admission = "rule".'),
        (RULE, 'profile = "proconnect"', "siret",
         "ProConnect connaît les agents de toute la France : indiquez le SIRET de l’organisme."),
        (RULE, 'admission = "rule"\nsiret = "123"', "siret", "Un SIRET a 14 chiffres."),
        ('["mfa"]', '"mfa"', "requires_amr", 'Une liste de codes est attendue, comme ["eidas1-mfa"].'),
        ('admission = "rule"', 'admission = "all"', "admission", "Choisissez parmi : wait, rule, invited."),
    ],
)  # fmt: skip
def test_each_fault_of_a_provider_is_said_with_its_key(
    was: str, becomes: str, key: str, sentence: str
):
    assert was in PROVIDER
    found = faults(GOOD + PROVIDER.replace(was, becomes, 1))
    assert found == [(f"providers[1].{key}", sentence)]


def test_a_role_that_sees_cases_opens_by_invitation_alone():
    told = (
        PROVIDER.replace('organisation = "Mission locale"', 'organisation = "CCAS de Fresnes"')
        .replace('"prescriber_adviser"', '"case_worker"')
        .replace(RULE, 'admission = "{}"')
    )
    sentence = (
        'Ce rôle voit des dossiers : il ne s’ouvre que par une invitation, admission = "invited".'
    )
    assert faults(GOOD + told.replace("{}", "wait")) == [("providers[1].admission", sentence)]
    assert faults(GOOD + told.replace("{}", "invited")) == []


def test_a_provider_is_written_once():
    assert faults(GOOD + PROVIDER * 2) == [
        ("providers[2].client_id", "Ce fournisseur est écrit deux fois, avec ce même client.")
    ]


def test_a_secret_comes_from_its_own_variable_or_from_a_file(tmp_path: Path):
    name = "MICROCREDIT_PROVIDER_MISSION"
    (tmp_path / "secret").write_text("of a file\n")
    assert provider_secret(name, {name: "of the environment"}) == "of the environment"
    assert provider_secret(name, {f"{name}_FILE": str(tmp_path / "secret")}) == "of a file"
    for variable, environment, words in (
        (name, {}, "doit contenir le secret"),
        (name, {f"{name}_FILE": str(tmp_path / "none")}, "n’est pas lisible"),
        ("MICROCREDIT_MASTER_KEY", {"MICROCREDIT_MASTER_KEY": "00"}, "commence par"),
        (f"{name}_FILE", {f"{name}_FILE": "/etc/hostname"}, "commence par"),
    ):
        with pytest.raises(SettingsError, match=words):
            provider_secret(variable, environment)
