"""The prescriber's space: refer somebody, follow one's own referrals, export them."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages
from microcredit.cases.referral_schemas import (
    Referral,
    ReferralFilters,
    ReferralFiltersSchema,
    ReferralSchema,
    SearchReferrals,
    SearchReferralsSchema,
)
from microcredit.cases.services.referral import Minor, refer
from microcredit.cases.services.referrals import (
    ReferralRow,
    all_referrals,
    my_referrals,
    read_referral,
)
from microcredit.groupings.services import commune_names
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Permission
from microcredit.web.csv_files import csv_answer
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session
from microcredit.web.words import open_words, seal_words

#: The columns of the file, which the system of a mission locale reads by their names.
COLUMNS = (
    "Numéro", "Nom", "Prénom", "Date de naissance", "Commune", "Orientée le", "Suite", "Depuis le",
    "Prochain rendez-vous", "Lieu du rendez-vous", "Issue",
)  # fmt: skip


@pages.route("/orientations")
@requires(Permission.READ_REFERRALS)
def referrals() -> ResponseReturnValue:
    """One's own referrals."""
    form: Form[ReferralFilters] = Form(ReferralFiltersSchema())
    filters = form.judge(request.args) or ReferralFilters()
    typed = open_words(filters.r, identity()) if filters.r else ""
    page = my_referrals(session(), identity(), filters, typed)
    return render_template(
        "cases/referrals.html", form=form, page=page, typed=typed, filters=filters
    ), form.status


@pages.route("/orientations/recherche", methods=["POST"])
@requires(Permission.READ_REFERRALS, one_time=False)
def find_referrals() -> ResponseReturnValue:
    """From a name that was typed to a list whose address says none."""
    form: Form[SearchReferrals] = Form(SearchReferralsSchema())
    asked = form.read()
    if asked is not None:
        sealed = seal_words(asked.q, identity())
        return redirect(url_for("cases.referrals", r=sealed), 303)
    page = my_referrals(session(), identity(), ReferralFilters(), "")
    return render_template(
        "cases/referrals.html", form=form, page=page, typed="", filters=ReferralFilters()
    ), form.status


@pages.route("/orientations/nouvelle", methods=["GET", "POST"])
@requires(Permission.REFER)
def new_referral() -> ResponseReturnValue:
    """Refer somebody."""
    form: Form[Referral] = Form(ReferralSchema())
    asked, minor = form.read() if request.method == "POST" else None, False
    if asked is not None:
        try:
            case = refer(session(), identity(), asked)
        except DomainError as refused:
            form.refuse(refused)
            minor = isinstance(refused, Minor)
        else:
            flash(f"L’orientation est transmise au CCAS : dossier {case.number}.")
            return redirect(url_for("cases.referral", number=case.number), 303)
    communes = commune_names(session())
    return render_template(
        "cases/referral_new.html", form=form, communes=communes, minor=minor
    ), form.status


@pages.route("/orientations/<case_number:number>")
@requires(Permission.READ_REFERRALS)
def referral(number: str) -> ResponseReturnValue:
    """One of one's own referrals."""
    page = read_referral(session(), identity(), number)
    return render_template("cases/referral.html", page=page)


@pages.route("/orientations.csv")
@requires(Permission.READ_REFERRALS, fresh=True, page="cases.referrals")
def referrals_csv() -> ResponseReturnValue:
    """One's own referrals as a file."""
    rows = all_referrals(session(), identity())
    return csv_answer("orientations.csv", COLUMNS, map(_cells, rows))


def _cells(row: ReferralRow) -> tuple[str | date | None, ...]:
    meeting = row.meeting
    return (
        row.number, row.last_name, row.first_names, row.birth_date, row.commune, row.referred_on,
        row.progress.label, row.since, meeting.on_date if meeting else None,
        meeting.place if meeting else "", row.outcome.label if row.outcome else "",
    )  # fmt: skip
