"""Other helps: proposed, printed for the person, and what came of them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.codes import Act, Motive, OrientationTarget, RedirectReason, State
from microcredit.cases.helps import BY_MOTIVE, HELPS
from microcredit.cases.models import Case
from microcredit.cases.schemas import (
    Decline,
    DeclineSchema,
    Orient,
    OrientSchema,
    Redirect,
    RedirectSchema,
    Result,
    ResultSchema,
)
from microcredit.cases.services.close import decline
from microcredit.cases.services.close import redirect as redirect_case
from microcredit.cases.services.orientation import note_result, read_helps, to_orient
from microcredit.cases.services.orientation import orient as orient_case
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

#: How many helps a bank's reasons tick: few enough to be read.
MOST_TICKED = 3

#: What later domains know that suggests a help: the help, and the reason in words.
Suggest = Callable[[Session, Case], dict[OrientationTarget, str]]


@dataclass(frozen=True)
class Choice:
    """One help to tick, and why it is proposed; "" for those that nothing suggests."""

    target: OrientationTarget
    gives: str
    why: str


@pages.route("/dossiers/<case_number:number>/orienter", methods=["GET", "POST"])
@requires(Permission.REDIRECT_CASE)
def orient(number: str) -> ResponseReturnValue:
    """Send the person to another help, and close."""
    form: Form[Redirect] = Form(RedirectSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        redirect_case(session(), identity(), number, asked)
        flash("L’orientation est notée, le dossier est clos. La feuille peut être imprimée.")
        return to_case(number)
    case = to_orient(session(), identity(), number, Act.REDIRECT)
    return _targets_page("cases/orient.html", form, case)


@pages.route("/dossiers/<case_number:number>/ne-pas-presenter", methods=["GET", "POST"])
@requires(Permission.DECLINE_CASE)
def decline_case(number: str) -> ResponseReturnValue:
    """Decide not to show a file to a bank: a person decides, says why, and where to go from here."""
    case = to_orient(session(), identity(), number, Act.DECLINE)
    form: Form[Decline] = Form(DeclineSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        decline(session(), identity(), number, asked)
        flash("La décision est notée. Le dossier peut être repris si la situation change.")
        return to_case(number)
    return _targets_page("cases/decline.html", form, case)


@pages.route("/dossiers/<case_number:number>/autre-aide", methods=["GET", "POST"])
@requires(Permission.REDIRECT_CASE)
def propose_help(number: str) -> ResponseReturnValue:
    """Propose another help; the case goes on."""
    form: Form[Orient] = Form(OrientSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        orient_case(session(), identity(), number, asked)
        flash("L’aide est proposée. La feuille peut être imprimée.")
        return to_case(number)
    case = to_orient(session(), identity(), number, Act.ORIENT)
    return _targets_page("cases/propose_help.html", form, case)


@pages.route("/dossiers/<case_number:number>/feuille-orientation")
@requires(Permission.REDIRECT_CASE)
def orientation_sheet(number: str) -> ResponseReturnValue:
    """The sheet that the person takes home."""
    found = read_helps(session(), identity(), number)
    return render_template("cases/orientation_sheet.html", found=found, helps=HELPS)


@pages.route("/dossiers/<case_number:number>/aides", methods=["GET", "POST"])
@requires(Permission.REDIRECT_CASE)
def help_results(number: str) -> ResponseReturnValue:
    """What came of each help."""
    form: Form[Result] = Form(ResultSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        note_result(session(), identity(), number, asked)
        flash("Le résultat est noté.")
        return redirect(url_for("cases.help_results", number=number), 303)
    found = read_helps(session(), identity(), number)
    return render_template("cases/help_results.html", form=form, found=found), form.status


def _targets_page(
    template: str, form: Form[Redirect] | Form[Decline] | Form[Orient], case: Case
) -> ResponseReturnValue:
    told = _told(case)
    if request.method == "GET" and case.state == State.BANK_REFUSED.value:
        form.values["reason"] = RedirectReason.BANK_REFUSAL.value
        form.ticked["targets"] = [str(target.value) for target in list(told)[:MOST_TICKED]]
    suggested = [Choice(target, HELPS[target].gives, why) for target, why in told.items()]
    motive = Motive(case.motive)
    suggested += [
        Choice(target, HELPS[target].gives, f"Projet : {motive.label.lower()}")
        for target in BY_MOTIVE[motive]
        if target not in told
    ]
    named = {one.target for one in suggested}
    others = [Choice(one, HELPS[one].gives, "") for one in OrientationTarget if one not in named]
    return render_template(
        template, form=form, case=case, suggested=suggested, others=others, ticked=bool(told)
    ), form.status


def _told(case: Case) -> dict[OrientationTarget, str]:
    """What a bank's answer suggests, for who may read the budget that it speaks of."""
    if not identity().may(Permission.READ_BUDGET):
        return {}
    sources: list[Suggest] = current_app.extensions["suggested_helps"]
    found: dict[OrientationTarget, str] = {}
    for suggest in sources:
        found.update(suggest(session(), case))
    return found
