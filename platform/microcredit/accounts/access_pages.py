"""The pages of who has access to what."""

from flask import render_template
from flask.typing import ResponseReturnValue

from microcredit.accounts import services
from microcredit.accounts.blueprint import pages
from microcredit.kernel.permissions import Permission
from microcredit.web.guard import requires
from microcredit.web.requests import session


@pages.route("/comptes")
@requires(Permission.READ_ACCOUNTS)
def accesses() -> ResponseReturnValue:
    """Who has access to what."""
    return render_template("accounts/accesses.html", accesses=services.accesses(session()))
