"""The life of a case: the table of the product against the one written here by hand."""

import ast

import pytest

from microcredit.cases.codes import CLOSED, Act, State
from microcredit.cases.models import Case
from microcredit.cases.transitions import TABLE, TransitionRefused, acts_from, check
from microcredit.kernel.permissions import GRANTS, Permission, Role
from microcredit.settings import ROOT

#: Where each act leads from each state; a dot where it is refused.
MATRIX = """
                      note_appointment save_diagnosis complete send_to_bank correct   grant    refuse       redirect   close
contact               appointment      .              .        .            .         .        .            redirected no_show_or_withdrawn
redirected            .                .              .        .            .         .        .            .          .
appointment           appointment      diagnosis      .        .            .         .        .            redirected no_show_or_withdrawn
no_show_or_withdrawn  appointment      .              .        .            .         .        .            .          .
diagnosis             .                diagnosis      ready    .            .         .        .            redirected no_show_or_withdrawn
ready                 .                .              .        sent_to_bank diagnosis .        .            redirected no_show_or_withdrawn
sent_to_bank          .                .              .        .            .         approved bank_refused .          .
bank_refused          .                .              .        .            diagnosis .        .            redirected .
approved              .                .              .        .            .         .        .            .          no_show_or_withdrawn
"""  # noqa: E501

#: Who may do each act.
ROLES = {
    Act.OPEN_CONTACT: {Role.CASE_WORKER, Role.FRONT_DESK},
    Act.NOTE_APPOINTMENT: {Role.CASE_WORKER, Role.FRONT_DESK},
    Act.SAVE_DIAGNOSIS: {Role.CASE_WORKER},
    Act.COMPLETE: {Role.CASE_WORKER},
    Act.CORRECT: {Role.CASE_WORKER},
    Act.SEND_TO_BANK: {Role.CASE_WORKER},
    Act.GRANT: {Role.BANK_OFFICER},
    Act.REFUSE: {Role.BANK_OFFICER},
    Act.REDIRECT: {Role.CASE_WORKER, Role.FRONT_DESK},
    Act.CLOSE: {Role.CASE_WORKER, Role.FRONT_DESK},
}


def cells() -> list[tuple[State, Act, State | None]]:
    """Each cell of the matrix: from a state, by an act, to a state or nowhere."""
    heads, *rows = (line.split() for line in MATRIX.strip().splitlines())
    return [
        (State(row[0]), Act(head), None if cell == "." else State(cell))
        for row in rows
        for head, cell in zip(heads, row[1:], strict=True)
    ]


def a_case(state: State) -> Case:
    """A case of the memory alone, in a state."""
    return Case(number="NO-2016-0001", state=state.value)


def test_the_matrix_has_every_state_and_every_act_once() -> None:
    assert len(cells()) == len({(state, act) for state, act, _ in cells()})
    assert {state for state, _, _ in cells()} == set(State)
    assert {act for _, act, _ in cells()} == set(Act) - {Act.OPEN_CONTACT}


@pytest.mark.parametrize(("state", "act", "target"), cells())
def test_an_act_leads_where_the_matrix_says_or_is_refused_in_french(
    state: State, act: Act, target: State | None
) -> None:
    if target is not None:
        check(a_case(state), act)
        assert TABLE[act].target is target
        return
    with pytest.raises(TransitionRefused) as refused:
        check(a_case(state), act)
    said = str(refused.value)
    assert "NO-2016-0001" in said
    assert ("il est clos" if state in CLOSED else f"« {state.label} »") in said
    assert all(f"« {source.label} »" in said for source in TABLE[act].sources)


@pytest.mark.parametrize("state", list(State))
def test_the_acts_offered_from_a_state_are_those_of_the_matrix(state: State) -> None:
    assert set(acts_from(state)) == {act for here, act, to in cells() if here is state and to}


def test_every_state_can_be_reached_from_a_first_contact() -> None:
    reached, grows = {TABLE[Act.OPEN_CONTACT].target}, True
    while grows:
        more = {to for here, _, to in cells() if here in reached and to} - reached
        reached, grows = reached | more, bool(more)
    assert reached == set(State)


@pytest.mark.parametrize("act", list(Act))
def test_every_act_belongs_to_the_roles_of_the_trade(act: Act) -> None:
    permission = TABLE[act].permission
    assert isinstance(permission, Permission)
    assert {role for role in Role if permission in GRANTS[role]} == ROLES[act]


def test_nothing_but_the_table_changes_a_state() -> None:
    found = []
    files = {path: path.read_text("utf-8") for path in sorted((ROOT / "platform").rglob("*.py"))}
    for path in (path for path, text in files.items() if ".state" in text):
        for node in ast.walk(ast.parse(files[path])):
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            flat = [
                t
                for target in targets
                for t in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
            if any(
                isinstance(t, ast.Attribute) and t.attr in ("state", "state_since") for t in flat
            ):
                found.append(path.name)
    assert found == ["transitions.py"]


def test_no_statement_updates_a_case_behind_the_table() -> None:
    for path in sorted((ROOT / "platform").rglob("*.py")):
        text = path.read_text("utf-8")
        assert "update(Case)" not in text, path.name
        assert "UPDATE app.case_file" not in text, path.name
