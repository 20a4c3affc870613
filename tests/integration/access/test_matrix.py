"""Who may invite whom as what, all of it; and accounts that nobody uses."""

from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.cast import Cast, gate_of, resources_of
from tests.integration.access.conftest import Access
from tests.integration.isolation.connections import value

from microcredit.accounts.access_schemas import Invite
from microcredit.accounts.codes import ROLES_OFFERED, WIDE
from microcredit.accounts.jobs import unused
from microcredit.groupings.codes import OrganisationKind
from microcredit.kernel.mail import Letter
from microcredit.kernel.permissions import Role
from microcredit.kernel.tenancy import enter_job

LETTER = Letter("x@x.example", "x", "x", "x")
OFFERED = ROLES_OFFERED[OrganisationKind.CCAS]


def expected(actor: str, manages: bool, own: bool, role: Role, asked: bool) -> str:
    """What the rules say, written apart from the database."""
    administrator = actor == "tania"
    if not administrator and not (manages and own):
        return "unknown"
    if role.value not in OFFERED or (role.value in WIDE and not administrator):
        return "role"
    never = role in (Role.TENANT_ADMIN, Role.ELECTED_MEMBER)
    return "manager" if asked and (never or not administrator) else "invited"


def test_each_actor_invites_each_role_as_the_rules_say_and_no_other(access: Access, troupe: Cast):
    gate, vault, tried = gate_of(troupe.app), resources_of(troupe.app).vault, 0
    places = {"CCAS Alpha": True, "CCAS Beta": False}
    actors = [p for p in troupe.of("north") if p.name not in ("bea", "denis", "yves")]
    for manages in (False, True):
        for person in actors:
            if person.role not in (Role.TENANT_ADMIN, Role.ELECTED_MEMBER):
                access.owner.execute(
                    "UPDATE app.membership SET manages_accounts = %s WHERE id = %s",
                    (manages, access.membership(person)),
                )
            assert person.client is not None
            held = manages and person.role not in (Role.TENANT_ADMIN, Role.ELECTED_MEMBER)
            for place, alpha in places.items():
                number = access.organisation(place)
                own = alpha and value(
                    access.owner, "SELECT organisation_id = %s FROM app.membership WHERE id = %s",
                    number, access.membership(person),
                )  # fmt: skip
                for role in Role:
                    for asked in (False, True):
                        tried += 1
                        invited = Invite("X", f"t{tried}@t20.example", role.value, asked)
                        outcome, _ = gate.invite(
                            "north", person.token, number, invited, f"secret {tried}", vault,
                            lambda sent: LETTER,
                        )  # fmt: skip
                        rule = expected(person.name, held, bool(own), role, asked)
                        assert outcome == rule, (person.name, manages, place, role, asked)
    assert tried > 500


def test_what_is_unused_for_two_months_is_warned_and_a_month_later_closed(
    access: Access, troupe: Cast
):
    pools, vault = resources_of(troupe.app).pools, resources_of(troupe.app).vault
    assert pools.worker is not None
    was = "UPDATE app.account SET last_used_at = now() - %s::interval, warned_at = now() - %s::interval WHERE id = %s"
    people = {
        "elie": ("61 days", None), "fanny": ("91 days", "31 days"),
        "boris": ("91 days", None), "nadia": ("59 days", None),
        "tania": ("400 days", "300 days"), "lucie": ("400 days", "300 days"),
    }  # fmt: skip
    for name, (used, warned) in people.items():
        access.owner.execute(was, (used, warned, troupe.people[name].account_id))
    for _ in range(2):
        with pools.worker.begin() as connection:
            connection.execute(text("SELECT tenancy.defer_daily()"))
        job = value(
            access.owner,
            "SELECT max(j.id) FROM queue.procrastinate_jobs j JOIN tenancy.tenant t"
            " ON t.id = (j.args ->> 'tenant')::bigint WHERE task_name = 'accounts.unused' AND t.slug = 'north'",
        )
        access.owner.execute("SET search_path = queue")
        access.owner.execute(
            "UPDATE queue.procrastinate_jobs SET status = 'doing' WHERE id = %s", (job,)
        )
        with Session(pools.worker) as session, session.begin():
            session.info["vault"] = vault
            enter_job(session, job)
            unused(session, 0)
    emails = {name: troupe.people[name].email for name in people}
    closed = {name for name, email in emails.items() if access.standing(email)[1]}
    assert closed == {"fanny"}
    letters = {
        name: [letter.subject for letter in access.letters(email)] for name, email in emails.items()
    }
    assert letters["elie"] == letters["boris"] == ["Vous servez-vous encore de votre accès ? Nord"]
    assert letters["fanny"] == ["Votre accès est fermé, Nord"]
    assert letters["nadia"] == letters["tania"] == letters["lucie"] == []
