"""The life of a case: the table of the product against the one written here by hand."""

import ast
from collections.abc import Iterator

import pytest

from microcredit.cases.codes import CLOSED, Act, State
from microcredit.cases.models import Case
from microcredit.cases.transitions import TABLE, TransitionRefused, acts_from, check
from microcredit.kernel.permissions import GRANTS, Permission, Role
from microcredit.settings import ROOT

#: Where each act leads from each state: a dot where it is refused, `stays` where it leaves the state.
#: A state without a row in a table permits none of its acts.
MATRICES = """
                      note_appointment save_diagnosis redirect   close
contact               appointment      .              redirected no_show_or_withdrawn
appointment           appointment      diagnosis      redirected no_show_or_withdrawn
no_show_or_withdrawn  appointment      .              .          .
diagnosis             .                diagnosis      redirected no_show_or_withdrawn
awaiting_documents    .                diagnosis      redirected no_show_or_withdrawn
ready                 .                .              redirected no_show_or_withdrawn
local_review          .                .              redirected .
bank_refused          .                .              redirected no_show_or_withdrawn
approved              .                .              .          no_show_or_withdrawn

                        await_documents    receive_documents complete correct   ask_review   support object    decline
diagnosis               awaiting_documents .                 ready    .         .            .       .         declined_by_case_worker
awaiting_documents      .                  diagnosis         .        .         .            .       .         declined_by_case_worker
ready                   .                  .                 .        diagnosis local_review .       .         declined_by_case_worker
local_review            .                  .                 .        .         .            ready   diagnosis declined_by_case_worker
declined_by_case_worker .                  .                 .        diagnosis .            .       .         .
bank_refused            .                  .                 .        diagnosis .            .       .         .
offer_lapsed            .                  .                 .        diagnosis .            .       .         .
withdrawn_by_borrower   .                  .                 .        diagnosis .            .       .         .

                    send_to_bank ask_items           send_items   adjourn   grant    counter            refuse       recall
ready               sent_to_bank .                   .            .         .        .                  .            .
sent_to_bank        .            bank_info_requested .            adjourned approved bank_counter_offer bank_refused ready
bank_info_requested .            .                   sent_to_bank .         .        .                  bank_refused ready
adjourned           .            bank_info_requested .            adjourned approved bank_counter_offer bank_refused ready
bank_refused        sent_to_bank .                   .            .         .        .                  .            .

                   accept_counter decline_counter sign_offer   lapse_offer  withdraw              disburse
bank_counter_offer approved       ready           .            .            .                     .
approved           .              .               offer_signed offer_lapsed .                     .
offer_signed       .              .               .            .            withdrawn_by_borrower disbursed
disbursed          .              .               .            .            withdrawn_by_borrower .

          note_reject note_payment change_schedule settle_early call_guarantee close_loan
disbursed stays       stays        stays           stays        stays          closed
"""  # noqa: E501

#: Acts that every state permits, closed ones too, and that change none.
EVERYWHERE = {Act.ORIENT, Act.NOTE_RESULT, Act.ADD_TASK, Act.FINISH_TASK}

_WORKER = {Role.CASE_WORKER}
_DESKS = {Role.CASE_WORKER, Role.FRONT_DESK}
_BANK = {Role.BANK_OFFICER}
_LOAN = {Role.CASE_WORKER, Role.BANK_OFFICER}
_COMMITTEE = {Role.CASE_WORKER, Role.CCAS_DIRECTOR, Role.COORDINATOR}

#: Who may do each act.
ROLES = {
    Act.OPEN_CONTACT: _DESKS,
    Act.NOTE_APPOINTMENT: _DESKS,
    Act.SAVE_DIAGNOSIS: _WORKER,
    Act.AWAIT_DOCUMENTS: _WORKER,
    Act.RECEIVE_DOCUMENTS: _WORKER,
    Act.COMPLETE: _WORKER,
    Act.CORRECT: _WORKER,
    Act.ASK_REVIEW: _WORKER,
    Act.SUPPORT: _COMMITTEE,
    Act.OBJECT: _COMMITTEE,
    Act.DECLINE: _WORKER,
    Act.SEND_TO_BANK: _WORKER,
    Act.ASK_ITEMS: _BANK,
    Act.SEND_ITEMS: _WORKER,
    Act.ADJOURN: _BANK,
    Act.GRANT: _BANK,
    Act.COUNTER: _BANK,
    Act.ACCEPT_COUNTER: _WORKER,
    Act.DECLINE_COUNTER: _WORKER,
    Act.REFUSE: _BANK,
    Act.RECALL: _WORKER,
    Act.SIGN_OFFER: _LOAN,
    Act.LAPSE_OFFER: _LOAN,
    Act.WITHDRAW: _LOAN,
    Act.DISBURSE: _LOAN,
    Act.NOTE_REJECT: _LOAN,
    Act.NOTE_PAYMENT: _LOAN,
    Act.CHANGE_SCHEDULE: _LOAN,
    Act.SETTLE_EARLY: _LOAN,
    Act.CALL_GUARANTEE: _LOAN,
    Act.CLOSE_LOAN: _WORKER,
    Act.REDIRECT: _DESKS,
    Act.CLOSE: _DESKS,
    Act.ORIENT: _DESKS,
    Act.NOTE_RESULT: _DESKS,
    Act.ADD_TASK: _DESKS,
    Act.FINISH_TASK: _DESKS,
}


def _tables() -> Iterator[tuple[State, Act, State | None]]:
    """The cells that are written above, in their order."""
    for table in MATRICES.strip("\n").split("\n\n"):
        heads, *rows = (line.split() for line in table.splitlines())
        for row in rows:
            for head, cell in zip(heads, row[1:], strict=True):
                here = State(row[0])
                target = here if cell == "stays" else None if cell == "." else State(cell)
                yield here, Act(head), target


def cells() -> list[tuple[State, Act, State | None]]:
    """Every state with every act: where it leads, or None."""
    written = {(state, act): target for state, act, target in _tables()}
    written |= {(state, act): state for state in State for act in EVERYWHERE}
    acts = [act for act in Act if act is not Act.OPEN_CONTACT]
    return [(state, act, written.get((state, act))) for state in State for act in acts]


def a_case(state: State) -> Case:
    """A case of the memory alone, in a state."""
    return Case(number="NO-2016-0001", state=state.value)


def test_the_tables_say_each_cell_once_and_leave_no_act_and_no_state_out() -> None:
    written = [(state, act) for state, act, _ in _tables()]
    assert len(written) == len(set(written))
    assert {act for _, act in written} == set(Act) - EVERYWHERE - {Act.OPEN_CONTACT}
    leads_on = {state for state, _, to in cells() if to not in (None, state)}
    assert set(State) - leads_on == {State.REDIRECTED, State.CLOSED}
    assert len(State) == 20


@pytest.mark.parametrize("state", list(State))
def test_an_act_leads_where_the_matrix_says(state: State) -> None:
    leading = [(act, to) for here, act, to in cells() if here is state and to is not None]
    assert leading
    for act, target in leading:
        check(a_case(state), act)
        assert (TABLE[act].target or state) is target, act


@pytest.mark.parametrize("state", list(State))
def test_an_act_that_the_matrix_does_not_know_is_refused_in_french(state: State) -> None:
    refusing = [act for here, act, to in cells() if here is state and to is None]
    assert refusing
    for act in refusing:
        with pytest.raises(TransitionRefused) as refused:
            check(a_case(state), act)
        said = str(refused.value)
        assert "NO-2016-0001" in said
        assert ("il est clos" if state in CLOSED else f"« {state.label} »") in said, act
        assert all(f"« {source.label} »" in said for source in TABLE[act].sources), act


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


def writers_of_a_state(tree: ast.Module) -> Iterator[str]:
    """The functions that assign `.state` or `.state_since` of anything."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            written = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if written and node.attr in ("state", "state_since"):
                yield function.name


def test_the_search_for_writers_of_a_state_finds_them() -> None:
    source = "def {}(case):\n    {}"
    for name, line in (
        ("plain", "case.state = 'ready'"), ("pair", "case.state, case.state_since = x"),
        ("clock", "case.state_since = today"), ("grown", "case.state += 'x'"),
    ):  # fmt: skip
        assert set(writers_of_a_state(ast.parse(source.format(name, line)))) == {name}
    assert not list(writers_of_a_state(ast.parse(source.format("reader", "return case.state"))))


def test_nothing_but_the_table_changes_a_state() -> None:
    found = {
        f"{path.name}: {function}"
        for path in sorted((ROOT / "platform").rglob("*.py"))
        if ".state" in (text := path.read_text("utf-8"))
        for function in writers_of_a_state(ast.parse(text))
    }
    assert found == {"transitions.py: _put"}


def test_no_statement_updates_a_case_behind_the_table() -> None:
    for path in sorted((ROOT / "platform").rglob("*.py")):
        text = path.read_text("utf-8")
        assert "update(Case)" not in text, path.name
        assert "UPDATE app.case_file" not in text, path.name
