"""Settings: a process without what it needs does not start, and says why in one French line."""

import pytest

from microcredit.settings import Settings, SettingsError, from_environment, new_secret

GOOD = {
    "DATABASE_URL": "postgresql+psycopg://web@/microcredit",
    "MICROCREDIT_GATE_URL": "postgresql+psycopg://gate@/microcredit",
    "MICROCREDIT_BASE_DOMAIN": "Microcredit.Example.",
    "MICROCREDIT_SECRET_KEY": "s" * 32,
    "MICROCREDIT_MASTER_KEY": "0f" * 32,
}


def refusal(environment: dict[str, str]) -> str:
    """The one line that says what is wrong with an environment."""
    with pytest.raises(SettingsError) as refused:
        from_environment(environment)
    line = str(refused.value)
    assert "\n" not in line
    return line


def test_a_complete_environment_is_read() -> None:
    found = from_environment(GOOD)

    assert found.base_domain == "microcredit.example"
    assert found.master_key == b"\x0f" * 32
    assert (found.port, found.workers, found.demo, found.role_suffix) == (8000, 2, False, "")


def test_a_production_process_is_never_a_demo_whatever_the_environment_says() -> None:
    assert from_environment({**GOOD, "MICROCREDIT_DEMO": "1"}).demo is False


@pytest.mark.parametrize("name", list(GOOD))
@pytest.mark.parametrize("given", [None, ""])
def test_a_missing_or_empty_variable_is_named(name: str, given: str | None) -> None:
    environment = (
        {**GOOD, name: given} if given is not None else {k: GOOD[k] for k in GOOD if k != name}
    )
    line = refusal(environment)

    assert line.startswith("Il manque : ")
    assert [other for other in GOOD if other in line] == [name]


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert all(name in refusal({}) for name in GOOD)


def test_a_secret_too_short_to_sign_is_refused() -> None:
    assert refusal({**GOOD, "MICROCREDIT_SECRET_KEY": "s" * 31}) == (
        "MICROCREDIT_SECRET_KEY doit compter au moins 32 caractères."
    )


def test_several_secrets_are_read_and_the_first_signs() -> None:
    new, old, older = "n" * 32, "o" * 32, "x" * 40
    found = from_environment({**GOOD, "MICROCREDIT_SECRET_KEY": f"{new}, {old},{older}"})
    assert (found.secret_key, found.old_secret_keys) == (new, (old, older))
    assert found.signing_keys == [older, old, new]
    assert from_environment(GOOD).signing_keys == ["s" * 32]


@pytest.mark.parametrize("others", [",", "," + "o" * 31, ",,"])
def test_one_secret_too_short_among_several_is_refused(others: str) -> None:
    line = refusal({**GOOD, "MICROCREDIT_SECRET_KEY": "s" * 32 + others})
    assert "dans chacun de ses secrets" in line
    assert "sss" not in line


@pytest.mark.parametrize("key", ["0f" * 31, "0f" * 33, "xy" * 32, "0f" * 31 + "é", "court"])
def test_a_master_key_that_is_none_is_refused_and_not_repeated(key: str) -> None:
    line = refusal({**GOOD, "MICROCREDIT_MASTER_KEY": key})
    assert line == "MICROCREDIT_MASTER_KEY doit compter 64 chiffres hexadécimaux."


@pytest.mark.parametrize("name", ["MICROCREDIT_PORT", "MICROCREDIT_WORKERS"])
@pytest.mark.parametrize("number", ["0", "-1", "65536", "huit", "8000.5", " 80", "²", "9" * 30])
def test_a_number_that_is_none_is_refused(name: str, number: str) -> None:
    line = refusal({**GOOD, name: number})
    assert line == f"{name} doit être un nombre entier entre 1 et 65535."
    assert from_environment({**GOOD, name: "3"})


def test_an_address_is_plain_on_localhost_and_secure_elsewhere() -> None:
    found = from_environment(GOOD)
    assert found.origin("pays-de-conde") == "https://pays-de-conde.microcredit.example"
    here = from_environment({**GOOD, "MICROCREDIT_BASE_DOMAIN": "localhost"})
    assert here.origin("pays-de-conde") == "http://pays-de-conde.localhost:8000"


def test_secrets_are_fresh_and_long() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(len(secret) >= 43 for secret in made)


def test_settings_do_not_change_while_a_process_runs() -> None:
    with pytest.raises(AttributeError):
        from_environment(GOOD).port = 1  # type: ignore[misc]
    assert Settings.__dataclass_params__.frozen
