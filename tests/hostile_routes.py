"""A plausible request for every route, to be spoiled by what `tests.hostile` sends."""

from collections.abc import Callable
from secrets import token_hex, token_urlsafe

from tests.cast import ALPHA, PASSWORD, Cast, gate_of, resources_of
from tests.hostile import Route

from microcredit.accounts.access_schemas import (
    AcceptSchema,
    AskToJoinSchema,
    EndAccessSchema,
    Invite,
    InviteSchema,
    NameManagerSchema,
)
from microcredit.accounts.own_schemas import (
    AddPasskeySchema,
    AddTotpSchema,
    AskResetSchema,
    ChangePasswordSchema,
    EndSessionsSchema,
    ProveSchema,
    RemoveFactorSchema,
    ResetSchema,
)
from microcredit.accounts.schemas import DemoSignInSchema, PutOnHatSchema, SignInSchema
from microcredit.accounts.sso_schemas import (
    DecideArrivalSchema,
    SaveProviderSchema,
    SetOutSchema,
    SwitchProviderSchema,
)
from microcredit.cases.codes import State
from microcredit.cases.diagnosis_schemas import DiagnosisSchema
from microcredit.cases.list_schemas import ForgetViewSchema, KeepViewSchema, SearchSchema
from microcredit.cases.referral_schemas import ReferralSchema, SearchReferralsSchema
from microcredit.cases.schemas import (
    AddTaskSchema,
    AskDocumentsSchema,
    CloseSchema,
    ContactSchema,
    DeclineSchema,
    FinishTaskSchema,
    MeetingSchema,
    OpinionSchema,
    OrientSchema,
    RedirectSchema,
    ResultSchema,
)
from microcredit.followups.schemas import EvaluateSchema
from microcredit.home import AdvanceSchema
from microcredit.kernel.mail import Letter
from microcredit.loans.schemas import (
    CallGuaranteeSchema,
    DisburseSchema,
    NewScheduleSchema,
    PaymentSchema,
    RejectSchema,
    SettleEarlySchema,
    SignSchema,
    WithdrawSchema,
)
from microcredit.submissions.schemas import (
    ItemsSchema,
    PersonSaysSchema,
    ReplySchema,
    SendSchema,
)


def on(state: State, act: str, **more: str) -> Callable[[Cast], str]:
    """The path of an act on a new case that stands in `state`."""
    head = "banque" if act in ("relire", "reponse") else "dossiers"
    return lambda cast: f"/{head}/{cast.case(state, **more)}/{act}"


def lent(state: State, act: str) -> Callable[[Cast], str]:
    """The path of an act on the loan of a new case that stands in `state`."""
    return lambda cast: f"/prets/{cast.case(state)}/{act}"


def at(path: str) -> Callable[[Cast], str]:
    """A path without a case."""
    return lambda _: path


def invited(cast: Cast) -> str:
    """The path of a link that opens something."""
    secret, gate = token_urlsafe(32), gate_of(cast.app)
    with cast.tania.at_work() as (_, me):
        sent = gate.invite(
            "north", cast.tania.token, me.organisation_id,
            Invite("Ida", f"{token_hex(6)}@exemple.fr", "elected_member"), secret,
            resources_of(cast.app).vault, lambda one: Letter(one.email, "x", "x", "x"),
        )  # fmt: skip
    assert sent[0] == "invited"
    return f"/invitation/{secret}"


DIAGNOSIS = {
    "version": "1", "commune": ALPHA, "motive": "housing", "civility": "mme", "last_name": "Lenoir",
    "first_names": "Sandrine", "birth_date.day": "4", "birth_date.month": "5", "birth_date.year": "1981",
    "phone": "06", "email": "s@exemple.fr", "address": "3 rue", "family": "single", "adults": "1",
    "children": "2", "alternate_children": "1", "housing": "owner", "employment": "retired",
    "employment_ends_on.day": "1", "employment_ends_on.month": "1", "employment_ends_on.year": "2031",
    "project": "Un projet", "total_cost": "2000", "contribution": "10", "amount": "1500", "months": "18",
    "notice_given": "true", "purpose": "moving", "children_born": "2008, 2012",
    "opinion": "Favorable", "lines.0.code": "R01", "lines.0.amount": "1 050",
    "lines.0.periodicity": "month", "lines.11.code": "C01", "lines.11.amount": "520,5",
    "lines.11.periodicity": "quarter", "lines.201.code": "D01", "lines.201.amount": "60",
    "lines.201.periodicity": "month", "lines.201.whose": "partner", "lines.201.confidence": "proven",
    "lines.201.ends_on": "2030-09-30", "lines.201.creditor": "Une banque", "lines.201.owed": "480",
}  # fmt: skip

REPLY = {
    "decision": "refuse", "reasons": "ficp", "amount": "1200", "months": "12", "rate": "2",
    "due_on.day": "1", "due_on.month": "2", "due_on.year": "2100", "items": "Un devis", "seen": "0",
}  # fmt: skip


def day(name: str, number: str = "1", month: str = "2", year: str = "2100") -> dict[str, str]:
    """The three boxes of a date."""
    return {f"{name}.day": number, f"{name}.month": month, f"{name}.year": year}


PAY_OUT = {
    **day("disbursed_on"), "payee_kind": "supplier", "payee": "Garage", **day("first_due_on"),
}  # fmt: skip
TOLD = {"instalment": "1", **day("on_date"), "source": "bank"}
NEW_SCHEDULE = {"reason": "rescheduled", **day("first_due_on"), "months": "24"}

#: One entry per POST route; the walk fails when a route has none.
ROUTES: dict[str, Route] = {
    "accounts.invite": Route(
        "tania", at("/organismes/1/inviter"), InviteSchema,
        {"name": "Ida Roux", "email": "ida@exemple.fr", "role": "elected_member", "manages": "false"},
    ),
    "accounts.resend": Route("tania", at("/organismes/1/invitations/99999/renvoyer")),
    "accounts.revoke": Route("tania", at("/organismes/1/invitations/99999/retirer")),
    "accounts.confirm_access": Route("carole", at("/organismes/1/invitations/99999/confirmer")),
    "accounts.end_access": Route(
        "tania", at("/organismes/1/acces/99999/fermer"), EndAccessSchema, {"successor": "99999"}
    ),
    "accounts.name_manager": Route(
        "tania", at("/organismes/1/acces/99999/gestion"), NameManagerSchema, {"manages": "true"}
    ),
    "accounts.review": Route("tania", at("/organismes/1/relecture")),
    "accounts.dismiss": Route("tania", at("/organismes/1/demandes/99999/ecarter")),
    "accounts.invitation": Route(
        "", invited, AcceptSchema, {"name": "Ida", "password": PASSWORD}
    ),
    "accounts.ask_to_join": Route(
        "", at("/demander-acces"), AskToJoinSchema,
        {"name": "Ida", "email": "ida@exemple.fr", "organisation": "1", "position": "Conseillère"},
    ),
    "accounts.provider": Route(
        "tania", at("/fournisseurs/0"), SaveProviderSchema,
        {"provider": "0", "name": "Mission locale", "issuer": "https://id.exemple.fr", "client_id": "c", "secret": "s",
         "organisation": "999999", "role": "prescriber_adviser", "admission": "rule", "domain": "exemple.fr",
         "siret": "12345678901234", "profile": "oidc", "requires_acr": "mfa", "requires_amr": "otp"},
    ),
    "accounts.switch_provider": Route(
        "tania", at("/fournisseurs/etat"), SwitchProviderSchema, {"provider": "99999", "active": "false"}
    ),
    "accounts.decide_arrival": Route(
        "tania", at("/fournisseurs/arrivees"), DecideArrivalSchema, {"arrival": "99999", "accept": "true"}
    ),
    "accounts.set_out": Route("", at("/sso/99999"), SetOutSchema, {"invitation": "x" * 43, "again": "oui"}),
    "accounts.sign_in": Route(
        "", at("/connexion"), SignInSchema, {"email": "rien@north.example", "password": PASSWORD}
    ),
    "accounts.demo_sign_in": Route(
        "", at("/connexion/demonstration"), DemoSignInSchema, {"account": "1"}
    ),
    "accounts.sign_out": Route("farid", at("/deconnexion")),
    "accounts.put_on_hat": Route("farid", at("/casquette"), PutOnHatSchema, {"membership": "99999"}),
    "accounts.forget": Route("farid", at("/reprendre/oublier")),
    "accounts.ask_reset": Route(
        "", at("/mot-de-passe-oublie"), AskResetSchema, {"email": "rien@north.example"}
    ),
    "accounts.reset": Route("", at("/nouveau-mot-de-passe/rien"), ResetSchema, {"password": PASSWORD}),
    "accounts.second_step": Route(
        "", at("/connexion/verification"), ProveSchema,
        {"code": "123456", "credential": "{}", "password": PASSWORD},
    ),
    "accounts.confirm": Route(
        "farid", at("/confirmer"), ProveSchema,
        {"code": "123456", "credential": "{}", "password": "ce n’est pas lui"},
    ),
    "accounts.change_password": Route(
        "farid", at("/ma-securite/mot-de-passe"), ChangePasswordSchema,
        {"password": "ce n’est pas lui", "new_password": "quatre mots bien choisis"},
    ),
    "accounts.end_sessions": Route(
        "farid", at("/ma-securite/sessions/terminer"), EndSessionsSchema, {"session": "999999999"}
    ),
    "accounts.add_totp": Route(
        "farid", at("/ma-securite/application"), AddTotpSchema, {"secret": "eA==", "code": "123456"}
    ),
    "accounts.add_passkey": Route(
        "farid", at("/ma-securite/cle"), AddPasskeySchema, {"name": "Ma clé", "credential": "{}"}
    ),
    "accounts.remove_factor": Route(
        "farid", at("/ma-securite/moyens/retirer"), RemoveFactorSchema, {"factor": "999999999"}
    ),
    "accounts.recovery_codes": Route("farid", at("/ma-securite/codes")),
    "cases.contact": Route(
        "farid", at("/dossiers/nouveau"), ContactSchema,
        {"commune": ALPHA, "motive": "housing", "amount": "1 500", "channel": "desk", "civility": "mme",
         "last_name": "Lenoir", "first_names": "Sandrine", "phone": "06 39 98 01 12"},
    ),
    "cases.search": Route(
        "nadia", at("/dossiers/recherche"), SearchSchema,
        {"q": "Lenoir", "vue": "tous", "etat": "contact", "commune": ALPHA, "motif": "housing",
         "accueil": "1"},
    ),
    "cases.keep": Route(
        "nadia", at("/dossiers/vues"), KeepViewSchema,
        {"nom": "Mes contacts", "vue": "tous", "etat": "contact", "commune": ALPHA, "motif": "housing",
         "accueil": "1", "ordre": "nom", "sens": "desc"},
    ),
    "cases.forget": Route("nadia", at("/dossiers/vues/retirer"), ForgetViewSchema, {"view": "99999"}),
    "cases.new_referral": Route(
        "manon", at("/orientations/nouvelle"), ReferralSchema,
        {"civility": "m", "last_name": "Petit", "first_names": "Dylan", "birth_date.day": "8",
         "birth_date.month": "9", "birth_date.year": "2001", "phone": "06 39 98 01 12",
         "commune": ALPHA, "motive": "employment_mobility", "project": "Le permis", "consent": "true"},
    ),
    "cases.find_referrals": Route(
        "manon", at("/orientations/recherche"), SearchReferralsSchema, {"q": "Petit"}
    ),
    "cases.await_papers": Route(
        "nadia", on(State.DIAGNOSIS, "pieces"), AskDocumentsSchema, {"words": "Un devis"}
    ),
    "cases.papers_came": Route("nadia", on(State.DIAGNOSIS, "pieces/recues")),
    "cases.ask_committee": Route("nadia", on(State.DIAGNOSIS, "avis-local/demande")),
    "cases.committee": Route(
        "nadia", on(State.LOCAL_REVIEW, "avis-local"), OpinionSchema,
        {"review": "reserved", "words": "Un devis de plus"},
    ),
    "cases.decline_case": Route(
        "nadia", on(State.DIAGNOSIS, "ne-pas-presenter"), DeclineSchema,
        {"reason": "rav_too_low", "words": "Trop juste", "targets": "pcb"},
    ),
    "cases.new_task": Route(
        "nadia", on(State.DIAGNOSIS, "taches/nouvelle"), AddTaskSchema,
        {"words": "Rappeler", "due_on.day": "1", "due_on.month": "2", "due_on.year": "2100"},
    ),
    "cases.finish": Route(
        "nadia", on(State.DIAGNOSIS, "taches/faite"), FinishTaskSchema, {"task": "99999"}
    ),
    "cases.appointment": Route(
        "farid", on(State.CONTACT, "rendez-vous"), MeetingSchema,
        {"on_date.day": "1", "on_date.month": "2", "on_date.year": "2100", "at_time": "10:30",
         "place": "1"},
    ),
    "cases.diagnosis": Route("nadia", on(State.APPOINTMENT, "diagnostic"), DiagnosisSchema, DIAGNOSIS),
    "cases.diagnosis_figures": Route(
        "nadia", on(State.APPOINTMENT, "diagnostic/calcul"), DiagnosisSchema, DIAGNOSIS
    ),
    "cases.mark_complete": Route("nadia", on(State.APPOINTMENT, "complet")),
    "cases.reopen": Route("nadia", on(State.APPOINTMENT, "corriger")),
    "cases.orient": Route(
        "nadia", on(State.DIAGNOSIS, "orienter"), RedirectSchema,
        {"reason": "better_aid_exists", "targets": "pcb"},
    ),
    "cases.close": Route("nadia", on(State.CONTACT, "sans-suite"), CloseSchema, {"reason": "no_show"}),
    "submissions.send_case": Route(
        "nadia", on(State.READY, "transmettre"), SendSchema, {"bank": "999999999"}
    ),
    "cases.propose_help": Route(
        "nadia", on(State.DIAGNOSIS, "autre-aide"), OrientSchema, {"targets": "pcb"}
    ),
    "cases.help_results": Route(
        "nadia", on(State.REDIRECTED, "aides"), ResultSchema,
        {"orientation": "1", "result": "obtained", "amount": "120"},
    ),
    "submissions.review": Route("boris", on(State.SENT_TO_BANK, "relire"), ReplySchema, REPLY),
    "submissions.answer": Route("boris", on(State.SENT_TO_BANK, "reponse"), ReplySchema, REPLY),
    "submissions.items": Route(
        "nadia", on(State.BANK_INFO_REQUESTED, "complement"), ItemsSchema, {"words": "Le devis"}
    ),
    "submissions.choice": Route(
        "nadia", on(State.BANK_COUNTER_OFFER, "choix"), PersonSaysSchema, {"choice": "accepts"}
    ),
    "submissions.recall_case": Route("nadia", on(State.SENT_TO_BANK, "retirer")),
    "loans.sign": Route(
        "nadia", lent(State.APPROVED, "signature"), SignSchema, day("signed_on")
    ),
    "loans.lapse": Route("nadia", lent(State.APPROVED, "perimee")),
    "loans.withdrawal": Route(
        "nadia", lent(State.OFFER_SIGNED, "retractation"), WithdrawSchema, day("withdrawn_on")
    ),
    "loans.pay_out": Route("nadia", lent(State.OFFER_SIGNED, "versement"), DisburseSchema, PAY_OUT),
    "loans.pay_out_preview": Route(
        "nadia", lent(State.OFFER_SIGNED, "versement/apercu"), DisburseSchema, PAY_OUT
    ),
    "loans.reject": Route("nadia", lent(State.DISBURSED, "rejet"), RejectSchema, TOLD),
    "loans.payment": Route(
        "nadia", lent(State.DISBURSED, "paiement"), PaymentSchema, {**TOLD, "amount": "20"}
    ),
    "loans.reschedule": Route(
        "nadia", lent(State.DISBURSED, "reamenagement"), NewScheduleSchema, NEW_SCHEDULE
    ),
    "loans.reschedule_preview": Route(
        "nadia", lent(State.DISBURSED, "reamenagement/apercu"), NewScheduleSchema, NEW_SCHEDULE
    ),
    "loans.settle": Route(
        "nadia", lent(State.DISBURSED, "solde"), SettleEarlySchema,
        {**day("on_date"), "amount": "3000", "source": "bank"},
    ),
    "loans.guarantee": Route(
        "nadia", lent(State.DISBURSED, "garantie"), CallGuaranteeSchema, day("on_date")
    ),
    "followups.evaluation": Route(
        "nadia", lent(State.DISBURSED, "bilan"), EvaluateSchema,
        {"reached": "yes", "project_realised": "yes", "still_used": "true", "employment": "found",
         "income_change": "more", "budget_feeling": "4", "bank_relation": "same", "help_useful": "5",
         "would_recommend": "true", "new_project": "true", "comment": "Merci"},
    ),
    "home.advance": Route("nadia", at("/demonstration/avancer"), AdvanceSchema, {"step": "day"}),
}  # fmt: skip
