"""Leaving: access ends at once everywhere, the work goes to somebody named, the last administrator stays."""

from concurrent.futures import ThreadPoolExecutor

from tests.cast import Cast, gate_of, read
from tests.integration.access.conftest import NEW_PASSWORD, NORTH, Access
from tests.integration.isolation.connections import value

from microcredit.cases.codes import State
from microcredit.kernel.permissions import Role


def arrived(access: Access, troupe: Cast, email: str, role: Role, place: str = "CCAS Alpha") -> int:
    """Somebody new who was invited, accepted and was confirmed; her membership."""
    access.invite(troupe.tania, place, role, email)
    access.accept(access.visitor(), access.link(email))
    where = f"/organismes/{access.organisation(place)}/invitations/{access.invitation(email)}"
    troupe.carole.post(f"{where}/confirmer")
    found = value(
        access.owner,
        "SELECT m.id FROM app.membership m JOIN app.account a ON a.id = m.account_id"
        " WHERE a.email = %s ORDER BY m.id DESC LIMIT 1",
        email,
    )
    return int(found)


def end(
    access: Access, who: str, membership: int, place: str = "CCAS Alpha", **typed: object
) -> int:
    path = f"/organismes/{access.organisation(place)}/acces/{membership}/fermer"
    return access.cast.people[who].post(path, dict(typed)).status_code


def test_an_access_that_ends_is_refused_at_the_next_request_in_every_window(
    access: Access, troupe: Cast
):
    membership = arrived(access, troupe, "fin@d.example", Role.CCAS_DIRECTOR)
    windows = [access.sign_in("fin@d.example", NEW_PASSWORD)[0] for _ in range(3)]
    for window in windows:
        assert window.get("/ma-commune", base_url=NORTH).status_code == 200
    assert end(access, "tania", membership) == 303
    for window in windows:
        assert window.get("/ma-commune", base_url=NORTH).status_code == 303
    assert access.standing("fin@d.example") == (None, True)
    assert access.sign_in("fin@d.example", NEW_PASSWORD)[1].status_code == 401
    assert end(access, "tania", membership) == 404


def test_who_comes_back_is_the_same_account_with_another_password(access: Access, troupe: Cast):
    membership = arrived(access, troupe, "retour@d.example", Role.ELECTED_MEMBER)
    end(access, "tania", membership)
    access.invite(troupe.tania, "CCAS Beta", Role.ELECTED_MEMBER, "retour@d.example")
    page = access.accept(
        access.visitor(),
        access.link("retour@d.example"),
        password="une autre phrase de passe à moi",
    )
    assert page.status_code == 303
    count = "SELECT count(*) FROM app.account WHERE email = 'retour@d.example'"
    assert value(access.owner, count) == 1
    assert access.standing("retour@d.example") == (["elected_member"], False)
    assert access.sign_in("retour@d.example", NEW_PASSWORD)[1].status_code == 401
    assert (
        access.sign_in("retour@d.example", "une autre phrase de passe à moi")[1].status_code == 303
    )


def test_a_person_who_left_today_may_come_back_today(access: Access, troupe: Cast):
    membership = arrived(access, troupe, "jour@d.example", Role.ELECTED_MEMBER)
    end(access, "tania", membership)
    assert arrived(access, troupe, "jour@d.example", Role.ELECTED_MEMBER) == membership
    assert access.standing("jour@d.example") == (["elected_member"], False)


def test_the_work_of_a_desk_goes_to_somebody_named(access: Access, troupe: Cast):
    number = troupe.case(State.APPOINTMENT, at="bea", worker="bea")
    troupe.bea.post(f"/dossiers/{number}/taches/nouvelle", {
        "words": "Rappeler", "due_on.day": "1", "due_on.month": "2", "due_on.year": "2028",
    })  # fmt: skip
    membership = access.membership(troupe.bea)
    path = f"/organismes/{access.organisation('CCAS Beta')}/acces/{membership}/fermer"
    page = read(troupe.tania.get(path))
    assert "1 tâche et 1 rendez-vous à venir" in page
    assert end(access, "tania", membership, "CCAS Beta") == 422
    for wrong in (
        access.membership(troupe.farid),
        membership,
        999999,
        access.membership(troupe.lucie),
    ):
        assert end(access, "tania", membership, "CCAS Beta", successor=wrong) == 422, wrong
    nadia = access.membership(troupe.nadia)
    assert end(access, "tania", membership, "CCAS Beta", successor=nadia) == 303
    for table in ("task", "appointment"):
        held = f"SELECT array_agg(DISTINCT held_by) FROM app.{table} WHERE held_by IS NOT NULL"
        assert value(access.owner, held) == [troupe.nadia.account_id]
    assert access.standing(troupe.bea.email) == (None, True)
    page = troupe.nadia.get(f"/dossiers/{number}").text
    for words in (
        "Suivi par</dt><dd>Nadia, qui a repris ce qui attendait", "reprise par Nadia", "avec Nadia",
    ):  # fmt: skip
        assert words in page, words
    block = page.partition('aria-labelledby="t-dossier"')[2].partition("</section>")[0]
    assert block.startswith(' data-block="state"')
    assert "Suivi par" in block
    assert "Suivi par" in read(troupe.carole.get(f"/dossiers/{number}"))
    access.owner.execute("UPDATE app.task SET due_on = current_date WHERE held_by IS NOT NULL")
    assert "reprise par Nadia" in read(troupe.nadia.get("/ma-journee"))
    moved = troupe.case(State.APPOINTMENT, at="farid", worker="nadia")
    assert "Suivi par" not in read(troupe.nadia.get(f"/dossiers/{moved}"))


def test_the_referrals_of_an_adviser_go_to_a_colleague_of_hers(access: Access, troupe: Cast):
    local, email = "Mission locale A", "conseil@d.example"
    other = arrived(access, troupe, "collegue@d.example", Role.PRESCRIBER_ADVISER, local)
    membership = arrived(access, troupe, email, Role.PRESCRIBER_ADVISER, local)
    number = troupe.case(State.CONTACT)
    theirs = (
        "SELECT a.email FROM app.case_file c JOIN app.account a ON a.id = c.referrer_account_id"
    )
    access.owner.execute(
        "UPDATE app.case_file SET prescriber_id = %s, referrer_account_id ="
        " (SELECT id FROM app.account WHERE email = %s) WHERE number = %s",
        (access.organisation(local), email, number),
    )
    path = f"/organismes/{access.organisation(local)}/acces/{membership}/fermer"
    page = read(troupe.tania.get(path))
    assert "Elle suit 1 personne orientée." in page
    assert "Nadia" not in page, "who builds files does not follow as a prescriber"
    for wrong in ({}, {"successor": membership}, {"successor": access.membership(troupe.nadia)},
                  {"successor": access.membership(troupe.manon)}):  # fmt: skip
        assert end(access, "tania", membership, local, **wrong) == 422, wrong
    assert end(access, "tania", membership, local, successor=other) == 303
    assert value(access.owner, theirs) == "collegue@d.example"
    browser, _ = access.sign_in("collegue@d.example", NEW_PASSWORD)
    assert browser.get(f"/orientations/{number}", base_url=NORTH).status_code == 200
    handed = "SELECT count(*) FROM app.audit_event WHERE act = 'hand_over'"
    assert value(access.owner, handed) == 2
    # The last adviser leaves at once: nobody can follow in her place, the CCAS goes on.
    last = f"/organismes/{access.organisation(local)}/acces/{other}/fermer"
    assert "Aucune autre conseillère" in read(troupe.tania.get(last))
    assert end(access, "tania", other, local) == 303
    assert browser.get(f"/orientations/{number}", base_url=NORTH).status_code == 303
    assert troupe.nadia.get(f"/dossiers/{number}").status_code == 200


def test_nobody_ends_her_own_access_and_the_last_administrator_stays(access: Access, troupe: Cast):
    own = access.membership(troupe.tania)
    assert end(access, "tania", own) == 404
    gate, token = gate_of(troupe.app), troupe.tania.token
    assert gate.end_membership("north", token, own, None) == "self"
    access.let_manage(troupe.diane)
    assert troupe.diane.client is not None
    assert gate.end_membership("north", troupe.diane.token, own, None) == "unknown"
    second = arrived(access, troupe, "adm@d.example", Role.TENANT_ADMIN)
    browser, _ = access.sign_in("adm@d.example", NEW_PASSWORD)
    cookie = browser.get_cookie("__Host-sid", domain="north.localhost")
    assert cookie is not None
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(gate.end_membership, "north", cookie.value, own, None),
            pool.submit(gate.end_membership, "north", token, second, None),
        ]
        said = [answer.exception() or answer.result() for answer in both]
    assert said.count("ended") == 1, said
    left = (
        "SELECT count(*) FROM app.membership m JOIN tenancy.tenant t ON t.id = m.tenant_id"
        " WHERE t.slug = 'north' AND role = 'tenant_admin' AND (valid_to IS NULL OR valid_to > current_date)"
    )
    assert value(access.owner, left) == 1
    access.owner.execute("UPDATE app.membership SET valid_to = NULL WHERE id = %s", (own,))
    access.owner.execute(
        "UPDATE app.account SET disabled_at = NULL WHERE id = %s", (troupe.tania.account_id,)
    )
    access.owner.execute("UPDATE app.membership SET valid_to = valid_from WHERE id = %s", (second,))
    troupe.tania._client = None


def test_invitations_of_a_manager_who_leaves_are_worth_nothing(access: Access, troupe: Cast):
    access.let_manage(troupe.diane)
    access.invite(troupe.diane, "CCAS Alpha", Role.ELECTED_MEMBER, "orphelin@d.example")
    link = access.link("orphelin@d.example")
    assert access.visitor().get(link, base_url=NORTH).status_code == 200
    where = (
        f"/organismes/{access.organisation('CCAS Alpha')}/acces/{access.membership(troupe.diane)}"
    )
    assert troupe.tania.post(f"{where}/gestion", {"manages": "false"}).status_code == 303
    assert access.visitor().get(link, base_url=NORTH).status_code == 404
    assert (
        troupe.diane.get(f"/organismes/{access.organisation('CCAS Alpha')}/acces").status_code
        == 403
    )


def test_only_somebody_whom_a_second_person_let_in_may_manage(access: Access, troupe: Cast):
    place = access.organisation("CCAS Alpha")
    for name, answer in (("diane", 303), ("elie", 409), ("tania", 409)):
        path = f"/organismes/{place}/acces/{access.membership(troupe.people[name])}/gestion"
        assert troupe.tania.post(path, {"manages": "true"}).status_code == answer, name
    foreign = f"/organismes/{place}/acces/{access.membership(troupe.lucie)}/gestion"
    assert troupe.tania.post(foreign, {"manages": "true"}).status_code == 404


def test_a_review_is_noted_by_whom_it_belongs_to(access: Access, troupe: Cast):
    place = access.organisation("Banque Une")
    access.let_manage(troupe.boris)
    assert "À relire" in read(troupe.boris.get(f"/organismes/{place}/acces"))
    assert troupe.carole.post(f"/organismes/{place}/relecture").status_code == 403
    other = access.organisation("Banque Deux")
    assert troupe.boris.post(f"/organismes/{other}/relecture").status_code == 404
    assert troupe.boris.post(f"/organismes/{place}/relecture").status_code == 303
    page = read(troupe.boris.get(f"/organismes/{place}/acces"))
    assert "À relire" not in page
    assert "par Boris" in page
    access.owner.execute("UPDATE gate.access_review SET reviewed_at = now() - interval '366 days'")
    assert "À relire" in read(troupe.boris.get(f"/organismes/{place}/acces"))


def test_every_act_leaves_its_trace(access: Access):
    acts = {
        act
        for (act,) in access.owner.execute("SELECT DISTINCT act FROM app.audit_event").fetchall()
    }
    assert {
        "invite", "accept_invitation", "confirm_invitation", "end_membership", "hand_over",
        "revoke_invitation", "name_manager", "unname_manager", "review_accesses",
    } <= acts  # fmt: skip


def test_nothing_that_opened_an_account_before_opens_it_for_whoever_starts_it_again(
    access: Access, troupe: Cast
):
    email = "ancienne@d.example"
    membership = arrived(access, troupe, email, Role.ELECTED_MEMBER)
    former, _ = access.sign_in(email, NEW_PASSWORD)
    account = value(access.owner, "SELECT id FROM app.account WHERE email = %s", email)
    for statement in (
        "INSERT INTO gate.factor (tenant_id, account_id, kind, name, sealed, counter)"
        " SELECT tenant_id, id, 'totp', 'Téléphone', 'x', 1 FROM app.account WHERE id = %s",
        "INSERT INTO gate.factor (tenant_id, account_id, kind, name, credential, public_key, counter)"
        " SELECT tenant_id, id, 'passkey', 'Clé', 'former', 'x', 1 FROM app.account WHERE id = %s",
        "INSERT INTO gate.recovery_code (tenant_id, account_id, code_hash)"
        " SELECT tenant_id, id, 'x' FROM app.account WHERE id = %s",
        "INSERT INTO gate.reset (tenant_id, token_hash, account_id, expires_at)"
        " SELECT tenant_id, 'former', id, now() + interval '1 hour' FROM app.account WHERE id = %s",
        "INSERT INTO gate.pending (tenant_id, token_hash, account_id, expires_at)"
        " SELECT tenant_id, 'former', id, now() + interval '1 hour' FROM app.account WHERE id = %s",
        "INSERT INTO gate.identity (tenant_id, issuer, sub, account_id)"
        " SELECT tenant_id, 'https://former.example', 'former', id FROM app.account WHERE id = %s",
        "INSERT INTO gate.kept_form (tenant_id, account_id, path, sealed)"
        " SELECT tenant_id, id, '/', 'x' FROM app.account WHERE id = %s",
    ):
        access.owner.execute(statement, (account,))
    assert proofs_of(access, account) == {
        "credential": 1, "factor": 2, "identity": 1, "kept_form": 1, "pending": 1,
        "recovery_code": 1, "reset": 1, "session": 1,
    }  # fmt: skip
    # Another role of hers changes none of it: who is in use keeps what she has.
    access.invite(troupe.tania, "CCAS Beta", Role.ELECTED_MEMBER, email)
    assert access.accept(former, access.link(email)).status_code == 303
    assert proofs_of(access, account)["factor"] == 2
    end(access, "tania", access.membership_in(email, "CCAS Beta"), "CCAS Beta")
    end(access, "tania", membership)
    access.invite(troupe.tania, "CCAS Alpha", Role.ELECTED_MEMBER, email)
    other = "une autre phrase de passe à moi"
    assert access.accept(access.visitor(), access.link(email), password=other).status_code == 303
    assert value(access.owner, "SELECT id FROM app.account WHERE email = %s", email) == account
    assert proofs_of(access, account) == {"credential": 1}
    assert former.get("/ma-securite", base_url=NORTH).status_code == 303
    assert access.sign_in(email, NEW_PASSWORD)[1].status_code == 401
    assert access.sign_in(email, other)[1].location == "/"


def proofs_of(access: Access, account: object) -> dict[str, int]:
    """How many rows each table of the gate holds about an account, where there are any."""
    tables = access.owner.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'gate'"
        " AND column_name = 'account_id' AND table_name <> 'invitation' ORDER BY 1"
    ).fetchall()
    counted = {
        table: int(
            value(access.owner, f"SELECT count(*) FROM gate.{table} WHERE account_id = %s", account)
        )
        for (table,) in tables
    }
    return {table: rows for table, rows in counted.items() if rows}


def test_the_trail_names_the_hat_of_whoever_accepts_where_one_is_known(
    access: Access, troupe: Cast
):
    email = "casquette@d.example"
    first = arrived(access, troupe, email, Role.ELECTED_MEMBER)
    browser, _ = access.sign_in(email, NEW_PASSWORD)
    access.invite(troupe.tania, "CCAS Beta", Role.FRONT_DESK, email)
    access.accept(browser, access.link(email))
    access.invite(troupe.tania, "CCAS Beta", Role.FRONT_DESK, "attend@d.example")
    access.accept(access.visitor(), access.link("attend@d.example"))
    hats = access.owner.execute(
        "SELECT e.membership_id FROM app.audit_event e JOIN app.account a ON a.id = e.account_id"
        " WHERE e.act = 'accept_invitation' AND a.email IN (%s, 'attend@d.example') ORDER BY e.id",
        (email,),
    ).fetchall()
    assert [hat for (hat,) in hats] == [first, first, None]
