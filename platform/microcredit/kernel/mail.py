"""Mails: written in the act's own transaction, sealed, and sent later, at least once.

A letter has a `Message-ID` of its own from the moment it is written. If the worker dies between the
server's acceptance and our note of it, the letter is sent once more under the same identifier.
"""

import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from microcredit.kernel.database import Base, Id, Instant, OwnedByTenant
from microcredit.kernel.vault import Vault
from microcredit.settings import ROOT

#: The job that sends one letter.
SEND = "mail.send"

POST = text("SELECT tenancy.post_mail(:message, :sealed)")
TIMEOUT = 20

#: Opens a transaction of the worker in the tenant of the running job.
Work = Callable[[], AbstractContextManager[Session]]


class Mail(OwnedByTenant, Base):
    """A letter on its way: « courriel »."""

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("tenant_id", "message"),)

    id: Mapped[Id]
    message: Mapped[UUID]
    sealed: Mapped[bytes]
    queued_at: Mapped[Instant] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    sent_at: Mapped[datetime | None]
    refused: Mapped[str | None]


class NoServer(Exception):
    """No mail server is configured, or it does not answer: the letter waits."""


@dataclass(frozen=True)
class Letter:
    """What is sent: one address, a subject, the same words as plain text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Server:
    """Where letters leave from. `url`: smtp://user:password@host:port?starttls=1, or smtps://…"""

    url: str
    sender: str


def write(template: str, to: str, data: Mapping[str, str]) -> Letter:
    """A letter from `templates/mail/<template>.txt` and `.html`; the text's first line is the subject.

    Raises jinja2.UndefinedError when the data lack something.
    """
    made = _templates().get_template(f"{template}.txt").render(data)
    subject, _, body = made.partition("\n")
    html = _templates().get_template(f"{template}.html").render(data, subject=subject)
    return Letter(to, subject.strip(), body.strip() + "\n", html)


def seal(vault: Vault, letter: Letter) -> tuple[UUID, bytes]:
    """The identifier of a new letter, and the letter sealed under it."""
    message = uuid4()
    plain = json.dumps(letter.__dict__, ensure_ascii=False).encode()
    return message, vault.seal_apart(plain, f"mail:{message}")


def unseal(vault: Vault, message: UUID, sealed: bytes) -> Letter:
    """The letter. Raises SealBroken when it was altered."""
    return Letter(**json.loads(vault.open_apart(sealed, f"mail:{message}")))


def post(session: Session, vault: Vault, letter: Letter) -> None:
    """Queue a letter with the act of this transaction; it leaves if the act is committed."""
    message, sealed = seal(vault, letter)
    session.execute(POST, {"message": message, "sealed": sealed})


def posted(session: Session, vault: Vault, most: int = 50) -> list[tuple[datetime, Letter]]:
    """The last letters of the tenant, newest first, with when each was written."""
    rows = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(most))
    return [(row.queued_at, unseal(vault, row.message, row.sealed)) for row in rows]


def send(work: Work, vault: Vault, server: Server | None, mail_id: int) -> None:
    """Send one letter, outside any transaction, then note it. Run again, a sent letter stays sent.

    Raises NoServer while there is none that answers. An address that the server refuses for good is
    noted on the row, and not tried again.
    """
    with work() as session:
        row = session.scalars(select(Mail).where(Mail.id == mail_id)).one()
        if row.sent_at is not None or row.refused is not None:
            return
        session.execute(update(Mail).where(Mail.id == mail_id).values(attempts=Mail.attempts + 1))
        letter, message, queued = unseal(vault, row.message, row.sealed), row.message, row.queued_at
    if server is None:
        raise NoServer("no mail server is configured")
    refused = _deliver(server, _as_message(server, letter, message, queued))
    with work() as session:
        noted = {"refused": refused} if refused else {"sent_at": func.now()}
        session.execute(update(Mail).where(Mail.id == mail_id).values(noted))


def _as_message(server: Server, letter: Letter, message: UUID, queued: datetime) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = server.sender, letter.to, letter.subject
    made["Date"] = format_datetime(queued)
    domain = server.sender.rpartition("@")[2].strip("> ")
    made["Message-ID"] = f"<{message}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    return made


def _deliver(server: Server, made: EmailMessage) -> str:
    """ "" once the server has taken the letter; its code when it refuses the letter for good.

    Raises NoServer for whatever may pass: the exception keeps no address, since it may be logged.
    """
    try:
        with _connection(server) as connection:
            connection.send_message(made)
    except smtplib.SMTPRecipientsRefused as wrong:
        codes = [code for code, _ in wrong.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            return f"smtp {codes[0]}"
        raise NoServer(f"the server put the letter off: {codes[0]}") from None
    except smtplib.SMTPResponseException as wrong:
        if 500 <= wrong.smtp_code < 600 and isinstance(wrong, smtplib.SMTPDataError):
            return f"smtp {wrong.smtp_code}"
        raise NoServer(f"the server answered {wrong.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as wrong:
        raise NoServer(type(wrong).__name__) from None
    return ""


def _connection(server: Server) -> smtplib.SMTP:
    parts = urlsplit(server.url)
    host, secure = parts.hostname or "localhost", ssl.create_default_context()
    connection: smtplib.SMTP
    if parts.scheme == "smtps":
        connection = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=secure)
    else:
        connection = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
        if parse_qs(parts.query).get("starttls") == ["1"]:
            connection.starttls(context=secure)
    if parts.username:
        connection.login(unquote(parts.username), unquote(parts.password or ""))
    return connection


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates" / "mail"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
