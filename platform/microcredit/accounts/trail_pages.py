"""The journal: who did or read what, on a page and as a file."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from microcredit.accounts.blueprint import pages
from microcredit.accounts.services.trail import Event, TooManyLines, export_journal, read_journal
from microcredit.accounts.trail_schemas import Asked, AskedSchema
from microcredit.kernel.clock import PARIS
from microcredit.kernel.permissions import Permission
from microcredit.web.csv_files import csv_answer
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import session

#: The columns of the file. With its number and its hash, a line can be found again in the chain.
COLUMNS = (
    "Numéro", "Instant", "Qui", "Casquette", "Nature", "Ce qui a été fait", "Dossier", "Précision",
    "Empreinte",
)  # fmt: skip


@pages.route("/journal")
@requires(Permission.READ_TRAIL)
def journal() -> ResponseReturnValue:
    """Who did or read what, newest first."""
    form: Form[Asked] = Form(AskedSchema())
    asked = form.judge(request.args) or Asked()
    page = read_journal(session(), asked)
    return render_template("accounts/journal.html", form=form, asked=asked, page=page), form.status


@pages.route("/journal.csv")
@requires(Permission.READ_TRAIL, fresh=True, page="accounts.journal")
def journal_csv() -> ResponseReturnValue:
    """What the filters show, as a file; the page again, with a reason, when they cannot be read or show too much."""
    form: Form[Asked] = Form(AskedSchema())
    asked = form.judge(request.args)
    if asked is not None:
        try:
            return csv_answer("journal.csv", COLUMNS, map(_cells, export_journal(session(), asked)))
        except TooManyLines as refused:
            form.refuse(refused)
    shown = asked or Asked()
    page = read_journal(session(), shown)
    return render_template("accounts/journal.html", form=form, asked=shown, page=page), form.status


def _cells(event: Event) -> tuple[str | date, ...]:
    return (
        str(event.seq), event.at.astimezone(PARIS), event.who, event.hat, event.nature.label,
        event.sentence, event.number, event.note, event.hash,
    )  # fmt: skip
