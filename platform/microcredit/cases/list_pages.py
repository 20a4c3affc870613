"""What one works from: the day, and the list of cases with the views that one keeps."""

from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages
from microcredit.cases.list_schemas import (
    Filters,
    FiltersSchema,
    ForgetViewSchema,
    KeepView,
    KeepViewSchema,
    Search,
    SearchSchema,
    View,
)
from microcredit.cases.named_days import NamedDays
from microcredit.cases.offers import TASK_ICONS, TASK_VERBS, WAITS
from microcredit.cases.services.conditions import CALLS_FOR
from microcredit.cases.services.day import my_day
from microcredit.cases.services.listing import work_list
from microcredit.cases.services.views import CannotKeep, forget_view, keep_view
from microcredit.kernel.errors import NotFound
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session
from microcredit.web.words import open_words, seal_words

AnyForm = Form[Filters] | Form[Search] | Form[KeepView]


@pages.route("/ma-journee")
@requires(Permission.SEE_OWN_DAY)
def day() -> ResponseReturnValue:
    """What waits, what is late, whom one meets today."""
    return render_template(
        "cases/day.html",
        day=my_day(session(), identity(), _named_days()),
        waits=WAITS,
        task_icons=TASK_ICONS,
        task_verbs=TASK_VERBS,
    )


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
    sealed = seal_words(asked.q, identity()) if asked.q else ""
    return _to_list(
        Filters(asked.vue, asked.etat, asked.commune, asked.motif, asked.accueil, sealed)
    )


@pages.route("/dossiers/vues", methods=["POST"])
@requires(Permission.LIST_CASES)
def keep() -> ResponseReturnValue:
    """Keep a list under a name."""
    form: Form[KeepView] = Form(KeepViewSchema())
    asked = form.read()
    if asked is None:
        return _list_page(form, Filters()), form.status
    try:
        keep_view(session(), identity(), asked)
    except CannotKeep as refused:
        form.refuse(refused)
        return _list_page(form, asked.filters), form.status
    flash(f"La vue « {asked.nom} » est gardée : vous la retrouvez en haut de la liste.")
    return _to_list(asked.filters)


@pages.route("/dossiers/vues/retirer", methods=["POST"])
@requires(Permission.LIST_CASES)
def forget() -> ResponseReturnValue:
    """Remove a list that was kept."""
    asked = Form(ForgetViewSchema()).read()
    if asked is None:
        raise NotFound("Cette vue n’existe pas, ou elle a déjà été retirée.")
    flash(f"La vue « {forget_view(session(), asked.view)} » est retirée. Aucun dossier n’a changé.")
    return _to_list(Filters())


def _list_page(form: AnyForm, filters: Filters) -> str:
    typed = "" if form.errors else form.value("q")
    choices: Form[Filters] = Form(FiltersSchema(), filters.in_address())
    views = [view for view in View if view is not View.MINE or identity().role in CALLS_FOR]
    return render_template(
        "cases/index.html",
        form=form,
        choices=choices,
        filters=filters,
        typed=typed,
        views=views,
        page=work_list(session(), identity(), filters, typed, _named_days()),
        waits=WAITS,
    )


def _to_list(filters: Filters) -> ResponseReturnValue:
    return redirect(f"{url_for('cases.index')}?{urlencode(filters.in_address())}", 303)


def _named_days() -> list[NamedDays]:
    found: list[NamedDays] = current_app.extensions["named_days"]
    return found
