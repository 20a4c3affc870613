"""What one works from: the day, and the list of cases."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages
from microcredit.cases.codes import State
from microcredit.cases.schemas import Filters, FiltersSchema, Search, SearchSchema
from microcredit.cases.services.day import my_day
from microcredit.cases.services.listing import list_cases, view_counts
from microcredit.groupings.services import commune_names
from microcredit.kernel.permissions import Permission, Role
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session
from microcredit.web.words import open_words, seal_words

#: In which states the next act is this role's.
CALLS_FOR = {
    Role.CASE_WORKER: frozenset(
        {
            State.CONTACT,
            State.APPOINTMENT,
            State.DIAGNOSIS,
            State.READY,
            State.SENT_TO_BANK,
            State.BANK_REFUSED,
            State.APPROVED,
        }
    ),
    Role.FRONT_DESK: frozenset({State.CONTACT}),
}


@pages.route("/ma-journee")
@requires(Permission.SEE_OWN_DAY)
def day() -> ResponseReturnValue:
    """What waits, what is late, whom one meets today."""
    calls = CALLS_FOR.get(identity().role, frozenset())
    return render_template("cases/day.html", day=my_day(session(), identity(), calls))


@pages.route("/dossiers")
@requires(Permission.LIST_CASES)
def index() -> ResponseReturnValue:
    """The list of cases."""
    form: Form[Filters] = Form(FiltersSchema())
    filters = form.judge(request.args) or Filters()
    form.values["q"] = open_words(filters.r, identity()) if filters.r else ""
    return _list_page(form, filters), form.status


@pages.route("/dossiers/recherche", methods=["POST"])
@requires(Permission.LIST_CASES, one_time=False)
def search() -> ResponseReturnValue:
    """From what was typed to a list whose address says no name."""
    form: Form[Search] = Form(SearchSchema())
    asked = form.read()
    if asked is None:
        return _list_page(form, Filters()), form.status
    kept = {"vue": asked.vue, "etat": asked.etat, "commune": asked.commune, "motif": asked.motif}
    kept["r"] = seal_words(asked.q, identity()) if asked.q else ""
    chosen = {name: value for name, value in kept.items() if value}
    return redirect(f"{url_for('cases.index')}?{urlencode(chosen)}", 303)


def _list_page(form: Form[Filters] | Form[Search], filters: Filters) -> str:
    typed = "" if form.errors else form.value("q")
    return render_template(
        "cases/index.html",
        form=form,
        filters=filters,
        typed=typed,
        counts=view_counts(session(), identity()),
        listing=list_cases(session(), identity(), filters, typed),
        communes=commune_names(session()),
    )
