"""The journal: who did or read what."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from microcredit.accounts.blueprint import pages
from microcredit.accounts.services.trail import read_journal
from microcredit.accounts.trail_schemas import Asked, AskedSchema
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import session


@pages.route("/journal")
@requires(Permission.READ_TRAIL)
def journal() -> ResponseReturnValue:
    """Who did or read what, newest first."""
    form: Form[Asked] = Form(AskedSchema())
    asked = form.judge(request.args) or Asked()
    page = read_journal(session(), asked)
    return render_template("accounts/journal.html", form=form, asked=asked, page=page), form.status
