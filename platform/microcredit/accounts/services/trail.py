"""Reading the trail: who did or read what, and when. Reading it is itself in the trail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from microcredit.accounts.models import Account, Membership
from microcredit.accounts.trail_schemas import Asked
from microcredit.accounts.trail_words import Nature, acts_of, in_words
from microcredit.groupings.models import Organisation
from microcredit.kernel import audit, keyset
from microcredit.kernel.audit import AuditEvent
from microcredit.kernel.clock import PARIS
from microcredit.kernel.errors import DomainError
from microcredit.kernel.keyset import AnyRow, AnySelect, Keyset
from microcredit.kernel.permissions import Role

NUMBER = re.compile(r"[A-Z]{1,8}-\d{4}-\d{4,}")
LISTED_DAYS = 30
#: The most lines of a file: what a spreadsheet of an office opens, and what one answer may hold.
MOST_LINES = 20_000
NEWEST_FIRST = Keyset(
    AuditEvent.seq.expression, AuditEvent.id.expression, "seq", "id", descending=True
)


class TooManyLines(DomainError):
    """The file would be longer than MOST_LINES."""

    status = 422
    message = (
        "Cela ferait plus de 20 000 lignes : un fichier n’en tient pas davantage. Choisissez une période"
        " plus courte, ou une seule personne."
    )


@dataclass(frozen=True)
class Event:
    """One line of the journal; `seq` and `hash` place it in the chain."""

    at: datetime
    who: str
    hat: str
    nature: Nature
    sentence: str
    number: str
    note: str
    seq: int
    hash: str

    @property
    def refused(self) -> bool:
        """Whether it tells of a refusal."""
        return self.nature is Nature.REFUSAL


@dataclass(frozen=True)
class Trail:
    """One page of events, newest first."""

    events: list[Event]
    before: str
    after: str


@dataclass(frozen=True)
class Journal:
    """The journal's page, and whom it can be asked about (account → name)."""

    trail: Trail
    people: dict[int, str]


@dataclass(frozen=True)
class Listed:
    """Who had a case in a list that she displayed, how many times, and when last."""

    who: str
    hat: str
    times: int
    last: datetime


@dataclass(frozen=True)
class Readings:
    """« Qui a consulté ce dossier »: its own events, and the lists of the last LISTED_DAYS days."""

    trail: Trail
    listed: list[Listed]
    days: int = LISTED_DAYS


def read_journal(session: Session, asked: Asked) -> Journal:
    """The events that were asked for, and everybody who may have made some."""
    found = _page(session, _events().where(*_wanted(asked)), asked.page)
    names = session.execute(select(Account.id, Account.name).order_by(Account.name, Account.id))
    people = {row.id: row.name for row in names}
    audit.record(session, "read_trail", "trail", **_said(asked))
    return Journal(found, people)


def export_journal(session: Session, asked: Asked) -> list[Event]:
    """All the events that were asked for, newest first, for a file. Raises TooManyLines.

    What was taken away is recorded: the filters, and how many lines.
    """
    rows = session.execute(
        _events()
        .where(*_wanted(asked))
        .order_by(AuditEvent.seq.desc(), AuditEvent.id.desc())
        .limit(MOST_LINES + 1)
    ).all()
    if len(rows) > MOST_LINES:
        raise TooManyLines(fields={"du": TooManyLines.message})
    audit.record(session, "export", "trail", lines=str(len(rows)), **_said(asked))
    return [_event(row) for row in rows]


def readings_of(session: Session, number: str, cursor: str) -> Readings:
    """Who read, changed or was refused a case, and who had it in a list. Its reading is recorded.

    The caller has made sure that the case is within reach.
    """
    found = _page(session, _events().where(_about(number)), cursor)
    listed = _listed(session, number)
    audit.record(session, "read_consultations", f"case:{number}")
    return Readings(found, listed)


def _events() -> AnySelect:
    return (
        select(
            AuditEvent.id, AuditEvent.seq, AuditEvent.at, AuditEvent.act, AuditEvent.subject,
            AuditEvent.detail, AuditEvent.hash, Account.name, Membership.role,
            Organisation.name.label("organisation"),
        )
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .outerjoin(Membership, Membership.id == AuditEvent.membership_id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    )  # fmt: skip


def _page(session: Session, statement: AnySelect, cursor: str) -> Trail:
    page = keyset.fetch(session, statement, NEWEST_FIRST, cursor)
    return Trail([_event(row) for row in page.rows], page.before, page.after)


def _event(row: AnyRow) -> Event:
    words = in_words(row.act, row.subject)
    number = NUMBER.search(row.subject)
    return Event(
        row.at, row.name or _nobody(words.nature), _hat(row.role, row.organisation),
        words.nature, words.sentence, number.group() if number else "", _note(row.detail),
        row.seq, bytes(row.hash).hex(),
    )  # fmt: skip


def _nobody(nature: Nature) -> str:
    return "Quelqu’un, non identifié," if nature is Nature.REFUSAL else "Le service"


def _hat(role: str | None, organisation: str | None) -> str:
    return f"{Role(role).label}, {organisation}" if role else ""


def _note(detail: Mapping[str, str]) -> str:
    """How many cases a list showed; nothing for everything else."""
    if "shown" not in detail:
        return ""
    count = len(detail["shown"].split())
    return f"{count} dossiers montrés" if count > 1 else f"{count} dossier montré"


def _about(number: str) -> ColumnElement[bool]:
    return AuditEvent.subject.in_([f"case:{number}", f"copy:{number}", number])


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    conditions = []
    if asked.nature:
        conditions.append(_of_nature(Nature(asked.nature)))
    if asked.personne is not None:
        conditions.append(AuditEvent.account_id == asked.personne)
    if asked.dossier:
        conditions.append(_about(asked.dossier.upper()))
    if asked.du is not None:
        conditions.append(AuditEvent.at >= _midnight(asked.du))
    if asked.au is not None:
        conditions.append(AuditEvent.at < _midnight(asked.au + timedelta(days=1)))
    return conditions


def _of_nature(nature: Nature) -> ColumnElement[bool]:
    refused = AuditEvent.act.like("refused:%")
    if nature is Nature.REFUSAL:
        return refused
    if nature is not Nature.ACT:
        return _among(nature)
    others = [_among(one) for one in Nature if one not in (Nature.ACT, Nature.REFUSAL)]
    return ~or_(refused, *others)


def _among(nature: Nature) -> ColumnElement[bool]:
    """The acts of a nature; where an act has several, the kind of its subject decides."""
    return or_(*(_is(act, kind) for act, kind in acts_of(nature)))


def _is(act: str, kind: str) -> ColumnElement[bool]:
    same = AuditEvent.act == act
    if kind:
        return and_(same, or_(AuditEvent.subject == kind, AuditEvent.subject.like(f"{kind}:%")))
    if act == "read":
        return and_(same, AuditEvent.subject != "accounts")
    return same


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _listed(session: Session, number: str) -> list[Listed]:
    shown = func.concat(" ", AuditEvent.detail["shown"].astext, " ")
    rows = session.execute(
        select(
            Account.name, Membership.role, Organisation.name.label("organisation"),
            func.count().label("times"), func.max(AuditEvent.at).label("last"),
        )
        .join(Account, Account.id == AuditEvent.account_id)
        .join(Membership, Membership.id == AuditEvent.membership_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            AuditEvent.at >= func.now() - text(f"interval '{LISTED_DAYS} days'"),
            shown.contains(f" {number} ", autoescape=True),
        )
        .group_by(Account.id, Account.name, Membership.role, Organisation.name)
        .order_by(func.max(AuditEvent.at).desc(), Account.name)
        .limit(50)
    )  # fmt: skip
    return [Listed(row.name, _hat(row.role, row.organisation), row.times, row.last) for row in rows]


def _said(asked: Asked) -> dict[str, str]:
    """What a reading of the journal asked for, as the trail keeps it."""
    said = {
        "nature": asked.nature, "account": str(asked.personne or ""), "case": asked.dossier,
        "from": asked.du.isoformat() if asked.du else "", "to": asked.au.isoformat() if asked.au else "",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}
