"""Things to do by a day: added by hand, done in one click."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from microcredit.cases.blueprint import pages, to_case
from microcredit.cases.codes import Act
from microcredit.cases.schemas import AddTaskSchema, FinishTaskSchema
from microcredit.cases.services.find import ready_for
from microcredit.cases.services.tasks import BadTask, add_task, finish_task
from microcredit.kernel.errors import NotFound
from microcredit.kernel.permissions import Permission
from microcredit.web.forms import Form
from microcredit.web.guard import requires
from microcredit.web.requests import identity, session

#: The house field by which a form says that it stands on the page of the day.
FROM_DAY = "_day"


@pages.route("/dossiers/<case_number:number>/taches/nouvelle", methods=["GET", "POST"])
@requires(Permission.WRITE_TASKS)
def new_task(number: str) -> ResponseReturnValue:
    """Note something to do."""
    case = ready_for(session(), identity(), number, Act.ADD_TASK)
    form = Form(AddTaskSchema())
    asked = form.read() if request.method == "POST" else None
    if asked is not None:
        try:
            add_task(session(), identity(), number, asked)
        except BadTask as refused:
            form.refuse(refused)
        else:
            flash("La tâche est notée.")
            return to_case(number)
    return render_template("cases/task.html", form=form, case=case), form.status


@pages.route("/dossiers/<case_number:number>/taches/faite", methods=["POST"])
@requires(Permission.WRITE_TASKS)
def finish(number: str) -> ResponseReturnValue:
    """Note that a task is done; the page from which one did it comes back."""
    done = Form(FinishTaskSchema()).read()
    if done is None:
        raise NotFound("Cette tâche n’existe pas ou n’est pas dans votre périmètre.")
    finish_task(session(), identity(), number, done.task)
    flash("C’est noté comme fait.")
    return redirect(url_for("cases.day"), 303) if FROM_DAY in request.form else to_case(number)
