"""Tenant files become tenants: whole or not at all, once, and never changed behind anybody's back."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from microcredit.governance.models import ActionLead, Delay, Threshold
from microcredit.governance.services import thresholds
from microcredit.groupings.models import CommunePopulation, Organisation, Origin
from microcredit.groupings.register import register
from microcredit.kernel.provision import Provision
from microcredit.kernel.tenancy import enter_setup
from microcredit.kernel.vault import TenantKey, Vault
from microcredit.settings import ROOT
from microcredit.tenant_files import Choices, check, list_tenants, new, sync
from microcredit.tenant_files.comparison import facts_of_database, facts_of_file
from microcredit.tenant_files.reading import read_text

TENANTS = ROOT / "tenants"
VAULT = Vault(bytes(32))


@pytest.fixture(scope="module")
def operator(database: Provision) -> Iterator[Engine]:
    engine = create_engine(database.url("operator"))
    yield engine
    engine.dispose()


def write(folder: Path, slug: str, prefix: str, *changes: tuple[str, str]) -> Path:
    """The Ternois' file under another name, with some of its words replaced."""
    text = (TENANTS / "ternois.toml").read_text().replace('"TE"', f'"{prefix}"')
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes)
    path = folder / f"{slug}.toml"
    path.write_text(text)
    return path


def slugs(operator: Engine) -> set[str]:
    return {tenant.slug for tenant in list_tenants(operator)}


def test_the_files_of_this_repository_are_valid_and_count_the_published_inhabitants():
    assert check(TENANTS) == []
    content = (TENANTS / "pays-de-conde.toml").read_bytes()
    communes = read_text("pays-de-conde.toml", content, register()).territory["communes"]
    populations = [commune["populations"] for commune in communes]
    assert [each[0]["valid_from"] for each in populations] == [date(2013, 1, 1)] * 4
    assert sum(each[0]["inhabitants"] for each in populations) == 31_678
    assert sum(each[1]["inhabitants"] for each in populations) == 31_426


def test_a_missing_tenant_is_created_whole_and_a_second_run_changes_nothing(
    operator: Engine, tmp_path: Path
):
    path = write(tmp_path, "vallee-entiere", "VE")
    assert sync(operator, VAULT, tmp_path) == ["vallee-entiere : créé."]
    (tenant,) = [each for each in list_tenants(operator) if each.slug == "vallee-entiere"]
    assert (tenant.name, tenant.number_prefix, tenant.is_demo) == ("Ternois", "VE", False)
    assert tenant.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    file = read_text(path.name, path.read_bytes(), register())
    with Session(operator) as session, session.begin():
        enter_setup(session, "vallee-entiere")
        stored = dict(facts_of_database(session))
        assert session.scalars(select(Origin)).one().content == path.read_text()
        assert session.scalars(select(TenantKey)).one().version == 1
        inhabitants = session.scalars(select(CommunePopulation.inhabitants)).all()
        assert sum(inhabitants) == 4677 + 3259 + 2547
    said = dict(facts_of_file(file.territory))
    assert {**stored, "nom :": "Ternois", "début des numéros :": "VE"} == said
    assert sync(operator, VAULT, tmp_path) == ["vallee-entiere : existe déjà, rien à faire."]


def test_a_tenant_is_a_demonstration_only_when_it_is_asked_for(operator: Engine, tmp_path: Path):
    write(tmp_path, "vallee-vraie", "VV")
    write(tmp_path, "vallee-fausse", "VF")
    lines = sync(operator, VAULT, tmp_path, demo=["vallee-fausse"])
    assert lines == ["vallee-fausse : créé (démonstration).", "vallee-vraie : créé."]
    kinds = {tenant.slug: tenant.is_demo for tenant in list_tenants(operator)}
    assert (kinds["vallee-fausse"], kinds["vallee-vraie"]) == (True, False)
    assert sync(operator, VAULT, tmp_path, demo=["vallee-vraie"])[1:] == [
        "vallee-vraie : existe déjà, mais pas comme démonstration.",
        "vallee-vraie : existe déjà, rien à faire.",
    ]


def test_what_differs_is_said_item_by_item_and_left_as_it_is(operator: Engine, tmp_path: Path):
    write(tmp_path, "vallee-fixe", "VX")
    sync(operator, VAULT, tmp_path)
    write(
        tmp_path,
        "vallee-fixe",
        "VX",
        ('"8 000 €"', '"5 000,50"'),
        ("inhabitants = 3259", "inhabitants = 3260"),
        ('name = "Mission locale des Trois Vallées"', 'name = "Mission locale du Nord"'),
        ("sent_to_bank = 15\n", ""),
        ('living_stop = "6 €"', 'living_stop = "6,50"'),
        ('guarantee_share = "50 %"\n', ""),
        ('name = "Ternois"', 'name = "Ternois et Artois"'),
    )
    insee = "(INSEE, populations de référence 2023, en vigueur au 1er janvier 2026)"
    expected = [
        "vallee-fixe : nom : Ternois et Artois dans le fichier, Ternois en base",
        f"vallee-fixe : population de la commune 62361 au 2026-01-01 : 3\u202f260 {insee} dans le "
        f"fichier, 3\u202f259 {insee} en base",
        "vallee-fixe : Mission locale du Nord : mission locale dans le fichier, absent en base",
        "vallee-fixe : Mission locale du Nord, prescripteur depuis le 2026-01-01 : sans fin dans le "
        "fichier, absent en base",
        "vallee-fixe : conditions de Caisse coopérative du Ternois au 2026-01-01 : plafond "
        "5\u202f000,50\u00a0€ dans le fichier, 8\u202f000\u00a0€ en base",
        "vallee-fixe : seuil living_stop au 2026-01-01 : 6,50\u00a0€ (Valeurs de départ, à arrêter par la "
        "commission) dans le fichier, 6,00\u00a0€ (Valeurs de départ, à arrêter par la commission) en base",
        "vallee-fixe : Mission locale des Trois Vallées : absent du fichier, mission locale en base",
        "vallee-fixe : Mission locale des Trois Vallées, prescripteur depuis le 2026-01-01 : absent "
        "du fichier, sans fin en base",
        "vallee-fixe : délai sent_to_bank au 2026-01-01 : absent du fichier, 15 jours (Valeurs de "
        "départ, à arrêter par la commission) en base",
        "vallee-fixe : seuil guarantee_share au 2026-01-01 : absent du fichier, 50\u00a0% (Valeurs de "
        "départ, à arrêter par la commission) en base",
    ]
    assert sync(operator, VAULT, tmp_path) == expected
    assert sync(operator, VAULT, tmp_path) == expected


def test_a_comment_that_changes_is_no_difference(operator: Engine, tmp_path: Path):
    path = write(tmp_path, "vallee-bavarde", "VB")
    sync(operator, VAULT, tmp_path)
    path.write_text("# Relu en commission.\n" + path.read_text())
    assert sync(operator, VAULT, tmp_path) == [
        "vallee-bavarde : existe déjà ; son fichier a changé, mais pas ce qu’il configure."
    ]


def test_a_file_with_faults_creates_nothing_and_does_not_hold_up_the_others(
    operator: Engine, tmp_path: Path
):
    write(tmp_path, "vallee-fautive", "VA", ("62361", "62999"))
    write(tmp_path, "vallee-juste", "VJ")
    assert sync(operator, VAULT, tmp_path) == [
        "vallee-fautive.toml : 1\u00a0erreur, rien n’est créé ni comparé.",
        "vallee-juste : créé.",
    ]
    assert "vallee-fautive" not in slugs(operator)


def test_the_numbers_of_two_tenants_never_begin_alike(operator: Engine, tmp_path: Path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder, slug in ((first, "vallee-une"), (second, "vallee-deux")):
        folder.mkdir()
        write(folder, slug, "VU")
    sync(operator, VAULT, first)
    assert sync(operator, VAULT, second) == [
        "vallee-deux.toml, number_prefix : « VU » commence déjà les numéros de vallee-une, rien n’est"
        " créé."
    ]
    assert "vallee-deux" not in slugs(operator)


def test_a_creation_that_fails_half_way_leaves_nothing(operator: Engine, tmp_path: Path):
    write(tmp_path, "vallee-coupee", "VO")
    with pytest.raises(ValueError, match="wrapping key"):
        sync(operator, Vault(b"too short"), tmp_path)
    assert "vallee-coupee" not in slugs(operator)
    assert sync(operator, VAULT, tmp_path) == ["vallee-coupee : créé."]


def test_of_several_runs_at_once_one_creates_and_the_others_find_it(
    operator: Engine, tmp_path: Path
):
    write(tmp_path, "vallee-courue", "VR")
    with ThreadPoolExecutor(5) as pool:
        runs = [pool.submit(sync, operator, VAULT, tmp_path) for _ in range(5)]
        lines = [line for run in runs for line in run.result()]
    assert lines.count("vallee-courue : créé.") == 1
    assert lines.count("vallee-courue : existe déjà, rien à faire.") == 4


def test_later_delays_end_the_earlier_ones_and_leads_keep_their_dates(
    operator: Engine, tmp_path: Path
):
    write(
        tmp_path,
        "vallee-datee",
        "VD",
        (
            "[delays.days]",
            '[delays.days]\nready = 3\n\n[[delays]]\nvalid_from = 2026-06-01\nsource = "Commission"\n'
            "\n[delays.days]",
        ),
        (
            "[[thresholds]]",
            '[[thresholds]]\nvalid_from = 2026-06-01\nsource = "Commission"\nliving_stop = "7 €"\n\n'
            "[[thresholds]]",
        ),
        (
            '{ organisation = "CCAS de Saint-Pol-sur-Ternoise", valid_from = 2026-01-01 },',
            '{ organisation = "CCAS de Saint-Pol-sur-Ternoise", valid_from = 2026-01-01,'
            ' valid_to = 2026-09-01 },\n  { organisation = "CCAS de Frévent", valid_from = 2026-09-01 },',
        ),
    )
    assert sync(operator, VAULT, tmp_path) == ["vallee-datee : créé."]
    with Session(operator) as session, session.begin():
        enter_setup(session, "vallee-datee")
        ready = select(Delay.valid_from, Delay.valid_to, Delay.days).where(Delay.state == "ready")
        assert session.execute(ready.order_by(Delay.valid_from)).all() == [
            (date(2026, 1, 1), date(2026, 6, 1), 3),
            (date(2026, 6, 1), None, 5),
        ]
        stop = select(Threshold.valid_from, Threshold.valid_to, Threshold.value)
        stop = stop.where(Threshold.code == "living_stop").order_by(Threshold.valid_from)
        assert session.execute(stop).all() == [
            (date(2026, 1, 1), date(2026, 6, 1), 6_00),
            (date(2026, 6, 1), None, 7_00),
        ]
        found = thresholds(session, date(2026, 7, 1))
        assert (found["living_stop"].value, found["living_stop"].source) == (7_00, "Commission")
        assert found["living_watch"].since == date(2026, 1, 1)
        assert thresholds(session, date(2025, 12, 31)) == {}
        leads = (
            select(Organisation.name, ActionLead.valid_from, ActionLead.valid_to)
            .join(Organisation, Organisation.id == ActionLead.organisation_id)
            .order_by(ActionLead.valid_from)
        )
        assert session.execute(leads).all() == [
            ("CCAS de Saint-Pol-sur-Ternoise", date(2026, 1, 1), date(2026, 9, 1)),
            ("CCAS de Frévent", date(2026, 9, 1), None),
        ]


def test_a_territory_is_on_boarded_in_two_acts(operator: Engine, tmp_path: Path):
    new(tmp_path, "62767", ["62361"], Choices(slug="vallee-neuve", number_prefix="VN"))
    assert sync(operator, VAULT, tmp_path) == ["vallee-neuve : créé."]
    assert "vallee-neuve" in slugs(operator)
