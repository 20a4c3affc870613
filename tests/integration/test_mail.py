"""Letters leave with the act that caused them, wait while the server is away, and come once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Caller
from sqlalchemy.orm import Session
from tests.cast import Cast, gate_of, resources_of
from tests.integration.isolation.connections import Connection, Connections, value
from tests.serving import free_port

from microcredit import worker
from microcredit.kernel import mail
from microcredit.kernel.database import Pools
from microcredit.kernel.provision import Provision
from microcredit.kernel.tenancy import enter_job
from microcredit.settings import Settings

LETTER = {
    "tenant": "Nord", "name": "Ida", "inviter": "Tania", "organisation": "CCAS Alpha",
    "role": "Agent d’accueil", "until": "3 avril", "link": "https://nord.example/invitation/x<y>",
}  # fmt: skip
WAITING = "SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'mail.send' AND status = 'todo'"
SENT = "SELECT count(*) FROM app.mail WHERE sent_at IS NOT NULL"


class Postman:
    """A mail server of our own: what it took, and what it answers."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to: list[str] = []
        self.answer = "250 OK"
        self.recipient = "250 OK"
        self.after = lambda: None

    async def handle_RCPT(  # noqa: N802  (the library's own name)
        self, server: SMTP, caller: Caller, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, caller: Caller, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            made = message_from_bytes(envelope.content or b"", policy=default)
            assert isinstance(made, EmailMessage)
            self.taken.append(made)
            self.to += envelope.rcpt_tos
            self.after()
        return self.answer


@pytest.fixture
def owner(database: Provision) -> Iterator[Connection]:
    opened = Connections(database)
    found = opened.owner()
    found.execute("SET search_path = queue")
    found.execute("DELETE FROM queue.procrastinate_jobs")
    found.execute("DELETE FROM app.mail")
    yield found
    opened.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def served(settings: Settings, port: int) -> Settings:
    """A worker's settings with a mail server at `port`."""
    return replace(
        settings,
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="Microcrédit <ne-pas-repondre@microcredit.example>",
    )


@pytest.fixture
def postman(port: int) -> Iterator[Postman]:
    found = Postman()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found
    controller.stop()


def post(cast: Cast, to: str = "ida@exemple.fr") -> None:
    """A letter of Nadia's, with an act of hers."""
    with cast.nadia.at_work() as (session, _):
        mail.post(session, resources_of(cast.app).vault, mail.write("invitation", to, LETTER))


def work(settings: Settings) -> None:
    """All that the worker can do now."""
    worker.run(settings, until_empty=True)


def again(owner: Connection) -> None:
    """Time passes: what waits to be tried again may be."""
    owner.execute("UPDATE queue.procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def test_a_letter_comes_as_plain_text_and_as_html(
    cast: Cast, owner: Connection, served: Settings, postman: Postman
) -> None:
    post(cast)
    work(served)
    (letter,) = postman.taken
    assert postman.to == ["ida@exemple.fr"]
    assert letter["Subject"] == "Votre accès au microcrédit accompagné, Nord"
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "https://nord.example/invitation/x<y>" in text.get_content()
    assert "x&lt;y&gt;" in html.get_content()
    assert value(owner, SENT) == 1


def test_a_letter_goes_with_the_act_or_not_at_all(
    cast: Cast, owner: Connection, served: Settings, postman: Postman
) -> None:
    with cast.nadia.at_work() as (session, _):
        letter = mail.write("invitation", "ida@exemple.fr", LETTER)
        mail.post(session, resources_of(cast.app).vault, letter)
        session.rollback()
    work(served)
    assert postman.taken == []
    gate_of(cast.app).post_mail("north", resources_of(cast.app).vault, letter)
    work(served)
    assert len(postman.taken) == 1


def test_nothing_is_lost_while_the_server_is_away(
    cast: Cast, owner: Connection, served: Settings, port: int
) -> None:
    post(cast)
    for _ in range(12):
        work(served)
        assert value(owner, WAITING) == 1
        again(owner)
    found = Postman()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        work(served)
    finally:
        controller.stop()
    assert len(found.taken) == 1
    assert value(owner, SENT) == 1


def test_a_letter_waits_while_no_server_is_configured(
    cast: Cast, owner: Connection, settings: Settings, served: Settings, postman: Postman
) -> None:
    post(cast)
    work(settings)
    assert (postman.taken, value(owner, WAITING)) == ([], 1)
    again(owner)
    work(served)
    assert len(postman.taken) == 1


def running(owner: Connection) -> int:
    """The letter's job, taken by a worker."""
    owner.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'mail.send'")
    found: int = value(owner, "SELECT id FROM procrastinate_jobs WHERE task_name = 'mail.send'")
    return found


def test_a_worker_killed_after_the_server_took_it_repeats_it_once_under_one_identifier(
    cast: Cast, owner: Connection, pools: Pools, served: Settings, postman: Postman
) -> None:
    post(cast)
    number = value(owner, "SELECT id FROM app.mail")
    server = mail.Server(served.smtp_url, served.mail_from)
    opened: list[int] = []

    @contextmanager
    def dying() -> Iterator[Session]:
        """The worker's transactions, until the one that would note that the letter is gone."""
        opened.append(number)
        if len(opened) > 1:
            raise KeyboardInterrupt
        with Session(pools.worker) as session, session.begin():
            enter_job(session, running(owner))
            yield session

    with pytest.raises(KeyboardInterrupt):
        mail.send(dying, resources_of(cast.app).vault, server, number)
    assert (len(postman.taken), value(owner, SENT)) == (1, 0)
    owner.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE task_name = 'mail.send'")
    work(served)
    work(served)
    assert len(postman.taken) == 2
    assert len({letter["Message-ID"] for letter in postman.taken}) == 1


def test_an_address_refused_for_good_is_noted_and_one_put_off_is_tried_again(
    cast: Cast, owner: Connection, served: Settings, postman: Postman
) -> None:
    post(cast)
    postman.recipient = "451 plus tard"
    work(served)
    assert value(owner, WAITING) == 1
    again(owner)
    postman.recipient = "550 inconnu"
    work(served)
    assert value(owner, "SELECT refused FROM app.mail") == "smtp 550"
    assert value(owner, WAITING) == 0


def test_no_address_is_in_what_the_worker_logs(
    cast: Cast, owner: Connection, served: Settings, postman: Postman,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    post(cast, to="kzsecretkz@exemple.fr")
    postman.answer = "452 plein"
    with caplog.at_level(logging.DEBUG):
        work(served)
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    assert any("mail.send" in said for said in ours)
    assert not any("kzsecretkz" in said for said in ours)


def test_letters_are_kept_sealed(cast: Cast, owner: Connection) -> None:
    post(cast, to="kzsecretkz@exemple.fr")
    assert "kzsecretkz" not in value(owner, "SELECT m::text FROM app.mail m")
    with cast.nadia.at_work() as (session, _):
        ((_, letter),) = mail.posted(session, resources_of(cast.app).vault)
    assert letter.to == "kzsecretkz@exemple.fr"
    with cast.lucie.at_work() as (session, _):
        assert mail.posted(session, resources_of(cast.app).vault) == []
