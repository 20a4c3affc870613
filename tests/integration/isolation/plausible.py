"""Every route of the product, with a case that stands where it must and a form that would be accepted.

So a refusal is about rights: the same request by the right person succeeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.integration.isolation.forms import (
    Place,
    Typed,
    a_call,
    a_contact,
    a_debit_of_nobody,
    a_decline,
    a_diagnosis,
    a_factor_of_nobody,
    a_manager,
    a_meeting,
    a_name,
    a_new_schedule,
    a_password,
    a_payout,
    a_referral,
    a_result_of_nobody,
    a_search,
    a_sending,
    a_session_of_nobody,
    a_settlement,
    a_signature,
    a_step,
    a_task,
    a_task_of_nobody,
    a_view,
    a_view_of_nobody,
    a_withdrawal,
    a_wrong_code,
    a_wrong_passkey,
    a_wrong_password,
    an_acceptance,
    an_address,
    an_answer,
    an_end,
    an_evaluation,
    an_invitation,
    an_opinion,
    an_orientation,
    an_other_help,
    nothing,
    some_papers,
    what_was_asked,
)

from microcredit.cases.codes import State
from microcredit.kernel.permissions import Role

WORKERS = frozenset({Role.CASE_WORKER})
DESKS = WORKERS | {Role.FRONT_DESK}
READERS = DESKS | {Role.CCAS_DIRECTOR, Role.COORDINATOR}
REVIEWERS = WORKERS | {Role.CCAS_DIRECTOR, Role.COORDINATOR}
BANKS = frozenset({Role.BANK_OFFICER})
LENDERS = WORKERS | BANKS
LOAN_READERS = LENDERS | {Role.CCAS_DIRECTOR}
AGGREGATES = WORKERS | {
    Role.CCAS_DIRECTOR, Role.COORDINATOR, Role.ELECTED_MEMBER, Role.FUNDER_VIEWER,
}  # fmt: skip
PRESCRIBERS = frozenset({Role.PRESCRIBER_ADVISER})
EVERYBODY = frozenset(Role)
ADMINISTRATORS = frozenset({Role.TENANT_ADMIN})
ACCESS_READERS = ADMINISTRATORS | {Role.COORDINATOR}


@dataclass(frozen=True)
class Route:
    """One route under one method."""

    endpoint: str
    path: str
    title: str
    roles: frozenset[Role] | None
    method: str = "GET"
    state: State | None = None
    form: Callable[[Place], Typed] = field(default=nothing)
    answer: int = 200
    named: bool = False

    @property
    def key(self) -> str:
        """Endpoint and method."""
        return f"{self.method} {self.endpoint}"

    @property
    def about_a_case(self) -> bool:
        """Whether the address holds the number of a case."""
        return "{number}" in self.path


def _post(
    endpoint: str, path: str, title: str, roles: frozenset[Role], state: State | None,
    form: Callable[[Place], Typed] = nothing, answer: int = 303, *, named: bool = False,
) -> Route:  # fmt: skip
    return Route(endpoint, path, title, roles, "POST", state, form, answer, named)


_MINE, _LOST, _LINK = "/ma-securite", "/mot-de-passe-oublie", "/nouveau-mot-de-passe/rien"
_CASE, _COPY, _LOAN = "/dossiers/{number}", "/banque/{number}", "/prets/{number}"
_S = State

#: `roles` is who may at all (None: everybody, signed in or not); how far is said by the walker.
ROUTES = (
    Route("home.index", "/", "Accueil : chacun arrive à son travail", EVERYBODY, answer=302),
    Route("home.alive", "/healthz", "Le service tourne", None),
    Route("home.ready", "/readyz", "Le service est prêt", None),
    Route("home.mails", "/courriels", "Courriels qui partiraient (démonstration seulement)", EVERYBODY, answer=404),
    _post("home.advance", "/demonstration/avancer", "Avancer la date (démonstration seulement)",
          frozenset(), None, a_step),
    Route("accounts.sign_in", "/connexion", "Page de connexion (déjà connecté : renvoi à l’accueil)", None, answer=302),
    _post("accounts.sign_in", "/connexion", "Se connecter", EVERYBODY, None),
    _post("accounts.demo_sign_in", "/connexion/demonstration", "Se connecter en un clic (démonstration seulement)",
          frozenset(), None),
    _post("accounts.sign_out", "/deconnexion", "Se déconnecter", EVERYBODY, None),
    _post("accounts.put_on_hat", "/casquette", "Changer de casquette", EVERYBODY, None),
    Route("accounts.providers", "/fournisseurs", "Fournisseurs d’identité, et qui attend", ADMINISTRATORS),
    Route("accounts.provider", "/fournisseurs/0", "Ajouter un fournisseur", ADMINISTRATORS),
    _post("accounts.provider", "/fournisseurs/0", "Ajouter un fournisseur (rien d’écrit : refusé)",
          ADMINISTRATORS, None, answer=422),
    _post("accounts.switch_provider", "/fournisseurs/etat", "Arrêter un fournisseur (inexistant : introuvable)",
          ADMINISTRATORS, None, answer=404),
    _post("accounts.decide_arrival", "/fournisseurs/arrivees", "Accepter une arrivée (inexistante : introuvable)",
          ADMINISTRATORS, None, answer=404),
    Route("accounts.set_out", "/sso/99999", "Partir vers un fournisseur (renvoi à la connexion)", None, answer=302),
    _post("accounts.set_out", "/sso/99999", "Partir vers un fournisseur (inconnu : introuvable)", EVERYBODY, None,
          answer=404),
    Route("accounts.come_back", "/sso/99999/retour", "Revenir d’un fournisseur (sans être parti : refusé)", None,
          answer=400),
    Route("accounts.come_back_to_all", "/proconnect/retour", "Revenir de ProConnect (rien ici : introuvable)",
          None, answer=404),
    Route("accounts.leave_to_all", "/proconnect/sortie", "Quitter ProConnect (rien ici : introuvable)", None,
          answer=404),
    Route("accounts.left", "/deconnexion/retour", "Revenir d’un fournisseur quitté (sans l’avoir quitté : refusé)",
          None, answer=400),
    Route("accounts.resume", "/reprendre", "Reprendre une saisie gardée (rien de gardé : renvoi)",
          EVERYBODY, answer=302),
    _post("accounts.forget", "/reprendre/oublier", "Oublier une saisie gardée", EVERYBODY, None),
    Route("accounts.ask_reset", _LOST, "Mot de passe oublié", None),
    _post("accounts.ask_reset", _LOST, "Recevoir un lien (même réponse pour toute adresse)", EVERYBODY, None,
          an_address, 200),
    Route("accounts.reset", _LINK, "Choisir un mot de passe (lien inconnu : introuvable)", None, answer=404),
    _post("accounts.reset", _LINK, "Garder ce mot de passe (lien inconnu : introuvable)", EVERYBODY, None,
          a_password, 404),
    Route("accounts.second_step", "/connexion/verification", "Seconde étape (rien n’attend : renvoi)", None,
          answer=303),
    _post("accounts.second_step", "/connexion/verification", "Donner son second moyen (rien n’attend : renvoi)",
          EVERYBODY, None),
    Route("accounts.confirm", "/confirmer", "Confirmer que c’est bien soi", EVERYBODY),
    _post("accounts.confirm", "/confirmer", "Redonner son mot de passe", EVERYBODY, None, a_password),
    Route("accounts.security", "/ma-securite", "Ma sécurité", EVERYBODY),
    Route("accounts.change_password", f"{_MINE}/mot-de-passe", "Changer son mot de passe", EVERYBODY),
    _post("accounts.change_password", f"{_MINE}/mot-de-passe", "Changer son mot de passe (l’actuel est faux : refusé)",
          EVERYBODY, None, a_wrong_password, 422),
    _post("accounts.end_sessions", f"{_MINE}/sessions/terminer", "Terminer une session (inexistante : introuvable)",
          EVERYBODY, None, a_session_of_nobody, 404),
    Route("accounts.add_totp", f"{_MINE}/application", "Ajouter une application de codes", EVERYBODY),
    _post("accounts.add_totp", f"{_MINE}/application", "Ajouter une application (code faux : refusé)", EVERYBODY, None,
          a_wrong_code, 422),
    Route("accounts.add_passkey", f"{_MINE}/cle", "Ajouter une clé d’accès", EVERYBODY),
    _post("accounts.add_passkey", f"{_MINE}/cle", "Ajouter une clé (réponse illisible : refusé)", EVERYBODY, None,
          a_wrong_passkey, 422),
    _post("accounts.remove_factor", f"{_MINE}/moyens/retirer", "Retirer un moyen (inexistant : introuvable)", EVERYBODY,
          None, a_factor_of_nobody, 404),
    Route("accounts.recovery_codes", f"{_MINE}/codes", "Codes sur papier (sans second moyen : renvoi)", EVERYBODY,
          answer=303),
    _post("accounts.recovery_codes", f"{_MINE}/codes", "Faire dix codes (sans second moyen : renvoi)", EVERYBODY, None),
    Route("accounts.organisations", "/organismes", "Qui a accès à quoi", ACCESS_READERS),
    Route("accounts.organisation", "/organismes/999999/acces", "Accès d’un organisme (inexistant : introuvable)",
          ACCESS_READERS, answer=404),
    Route("accounts.invite", "/organismes/999999/inviter", "Formulaire d’invitation (organisme inexistant : introuvable)",
          ADMINISTRATORS, answer=404),
    _post("accounts.invite", "/organismes/999999/inviter", "Inviter (organisme inexistant : introuvable)",
          ADMINISTRATORS, None, an_invitation, 404),
    _post("accounts.resend", "/organismes/999999/invitations/999999/renvoyer",
          "Renvoyer une invitation (inexistante : introuvable)", ADMINISTRATORS, None, answer=404),
    _post("accounts.revoke", "/organismes/999999/invitations/999999/retirer",
          "Retirer une invitation (inexistante : introuvable)", ACCESS_READERS, None, answer=404),
    _post("accounts.confirm_access", "/organismes/999999/invitations/999999/confirmer",
          "Confirmer une invitation (inexistante : introuvable)", frozenset({Role.COORDINATOR}), None, answer=404),
    Route("accounts.end_access", "/organismes/999999/acces/999999/fermer",
          "Avant de fermer un accès (inexistant : introuvable)", ADMINISTRATORS, answer=404),
    _post("accounts.end_access", "/organismes/999999/acces/999999/fermer",
          "Fermer un accès (inexistant : introuvable)", ADMINISTRATORS, None, answer=404),
    _post("accounts.name_manager", "/organismes/999999/acces/999999/gestion",
          "Confier la gestion des accès (accès inexistant : introuvable)", ADMINISTRATORS, None, a_manager, 404),
    _post("accounts.review", "/organismes/999999/relecture",
          "Noter la relecture des accès (organisme inexistant : introuvable)", ADMINISTRATORS, None, answer=404),
    _post("accounts.dismiss", "/organismes/999999/demandes/999999/ecarter",
          "Écarter une demande d’accès (inexistante : introuvable)", ADMINISTRATORS, None, answer=404),
    Route("accounts.invitation", "/invitation/absente", "Lien d’une invitation (inexistante : introuvable)", None,
          answer=404),
    _post("accounts.invitation", "/invitation/absente", "Accepter une invitation (inexistante : introuvable)",
          EVERYBODY, None, answer=404),
    Route("accounts.ask_to_join", "/demander-acces", "Demander un accès", None),
    _post("accounts.ask_to_join", "/demander-acces", "Envoyer une demande d’accès", EVERYBODY, None),
    Route("accounts.journal", "/journal", "Le journal : qui a fait ou consulté quoi",
          frozenset({Role.COORDINATOR, Role.DPO})),
    Route("accounts.journal_csv", "/journal.csv", "Le journal en fichier",
          frozenset({Role.COORDINATOR, Role.DPO})),
    Route("cases.consultations", f"{_CASE}/consultations", "Qui a consulté ce dossier",
          WORKERS | {Role.COORDINATOR}, state=_S.DIAGNOSIS),
    Route("groupings.territory", "/territoire", "Le territoire",
          EVERYBODY - PRESCRIBERS - {Role.FRONT_DESK, Role.BANK_OFFICER}),
    Route("cases.day", "/ma-journee", "Ma journée, mon accueil", DESKS),
    Route("cases.index", "/dossiers", "Liste des dossiers", READERS),
    _post("cases.search", "/dossiers/recherche", "Chercher un dossier", READERS, None, a_search),
    Route("cases.contact", "/dossiers/nouveau", "Formulaire du premier contact", DESKS),
    _post("cases.contact", "/dossiers/nouveau", "Noter un premier contact", DESKS, None, a_contact),
    Route("cases.show", _CASE, "Page d’un dossier", READERS, state=_S.DIAGNOSIS, named=True),
    Route("cases.appointment", f"{_CASE}/rendez-vous", "Formulaire du rendez-vous", DESKS, state=_S.CONTACT),
    _post("cases.appointment", f"{_CASE}/rendez-vous", "Fixer un rendez-vous", DESKS, _S.CONTACT, a_meeting),
    Route("cases.diagnosis", f"{_CASE}/diagnostic", "Formulaire du diagnostic", WORKERS,
          state=_S.DIAGNOSIS, named=True),
    _post("cases.diagnosis", f"{_CASE}/diagnostic", "Enregistrer le diagnostic", WORKERS, _S.APPOINTMENT, a_diagnosis),
    _post("cases.diagnosis_figures", f"{_CASE}/diagnostic/calcul", "Calculer le budget en cours de saisie",
          WORKERS, _S.DIAGNOSIS, a_diagnosis, 200),
    _post("cases.mark_complete", f"{_CASE}/complet", "Déclarer le dossier complet", WORKERS, _S.DIAGNOSIS),
    _post("cases.reopen", f"{_CASE}/corriger", "Rouvrir le diagnostic", WORKERS, _S.READY),
    Route("cases.orient", f"{_CASE}/orienter", "Formulaire d’orientation", DESKS, state=_S.DIAGNOSIS),
    _post("cases.orient", f"{_CASE}/orienter", "Orienter et clore", DESKS, _S.DIAGNOSIS, an_orientation),
    Route("cases.close", f"{_CASE}/sans-suite", "Formulaire de classement", DESKS, state=_S.DIAGNOSIS),
    _post("cases.close", f"{_CASE}/sans-suite", "Classer sans suite", DESKS, _S.DIAGNOSIS, an_end),
    Route("cases.await_papers", f"{_CASE}/pieces", "Formulaire des pièces à apporter", WORKERS, state=_S.DIAGNOSIS),
    _post("cases.await_papers", f"{_CASE}/pieces", "Attendre des pièces", WORKERS, _S.DIAGNOSIS, some_papers),
    _post("cases.papers_came", f"{_CASE}/pieces/recues", "Noter les pièces reçues", WORKERS, _S.AWAITING_DOCUMENTS),
    _post("cases.ask_committee", f"{_CASE}/avis-local/demande", "Demander l’avis local", WORKERS, _S.READY),
    Route("cases.committee", f"{_CASE}/avis-local", "Formulaire de l’avis du comité", REVIEWERS, state=_S.LOCAL_REVIEW),
    _post("cases.committee", f"{_CASE}/avis-local", "Noter l’avis du comité", REVIEWERS, _S.LOCAL_REVIEW, an_opinion),
    Route("cases.decline_case", f"{_CASE}/ne-pas-presenter", "Formulaire de non-présentation", WORKERS,
          state=_S.DIAGNOSIS),
    _post("cases.decline_case", f"{_CASE}/ne-pas-presenter", "Ne pas présenter", WORKERS, _S.DIAGNOSIS, a_decline),
    Route("cases.new_task", f"{_CASE}/taches/nouvelle", "Formulaire d’une tâche", DESKS, state=_S.DIAGNOSIS),
    _post("cases.new_task", f"{_CASE}/taches/nouvelle", "Ajouter une tâche", DESKS, _S.DIAGNOSIS, a_task),
    _post("cases.finish", f"{_CASE}/taches/faite", "Marquer une tâche faite (tâche inexistante : introuvable)",
          DESKS, _S.DIAGNOSIS, a_task_of_nobody, 404),
    _post("cases.keep", "/dossiers/vues", "Garder une vue de la liste", READERS, None, a_view),
    _post("cases.forget", "/dossiers/vues/retirer", "Retirer une vue (vue inexistante : introuvable)",
          READERS, None, a_view_of_nobody, 404),
    Route("submissions.send_case", f"{_CASE}/transmettre", "Relire ce qui partira à la banque", WORKERS,
          state=_S.READY, named=True),
    _post("submissions.send_case", f"{_CASE}/transmettre", "Transmettre à la banque", WORKERS, _S.READY, a_sending),
    Route("cases.propose_help", f"{_CASE}/autre-aide", "Formulaire d’une autre aide", DESKS, state=_S.APPROVED),
    _post("cases.propose_help", f"{_CASE}/autre-aide", "Proposer une autre aide", DESKS, _S.DIAGNOSIS, an_other_help),
    Route("cases.orientation_sheet", f"{_CASE}/feuille-orientation", "Feuille d’orientation à imprimer", DESKS,
          state=_S.REDIRECTED),
    Route("cases.help_results", f"{_CASE}/aides", "Ce qu’ont donné les aides", DESKS, state=_S.REDIRECTED),
    _post("cases.help_results", f"{_CASE}/aides", "Noter le résultat d’une aide (aide inexistante : introuvable)",
          DESKS, _S.REDIRECTED, a_result_of_nobody, 404),
    Route("submissions.items", f"{_CASE}/complement", "Ce que la banque demande", WORKERS,
          state=_S.BANK_INFO_REQUESTED, named=True),
    _post("submissions.items", f"{_CASE}/complement", "Répondre à la banque", WORKERS, _S.BANK_INFO_REQUESTED,
          what_was_asked),
    Route("submissions.choice", f"{_CASE}/choix", "Les deux prêts, avant le choix", WORKERS,
          state=_S.BANK_COUNTER_OFFER),
    _post("submissions.choice", f"{_CASE}/choix", "Noter le choix de la personne", WORKERS, _S.BANK_COUNTER_OFFER,
          an_acceptance),
    Route("submissions.recall_case", f"{_CASE}/retirer", "Avant de retirer de la banque", WORKERS,
          state=_S.SENT_TO_BANK),
    _post("submissions.recall_case", f"{_CASE}/retirer", "Retirer de la banque", WORKERS, _S.SENT_TO_BANK),
    Route("cases.referrals", "/orientations", "Ses propres orientations", PRESCRIBERS),
    _post("cases.find_referrals", "/orientations/recherche", "Chercher dans ses orientations", PRESCRIBERS,
          None, a_name),
    Route("cases.new_referral", "/orientations/nouvelle", "Formulaire d’une orientation vers le microcrédit",
          PRESCRIBERS),
    _post("cases.new_referral", "/orientations/nouvelle", "Orienter une personne vers le microcrédit",
          PRESCRIBERS, None, a_referral),
    Route("cases.referral", "/orientations/{number}", "Une de ses orientations", PRESCRIBERS,
          state=_S.DIAGNOSIS, named=True),
    Route("cases.referrals_csv", "/orientations.csv", "Ses orientations en fichier", PRESCRIBERS),
    Route("submissions.desk", "/banque", "Copies à décider", BANKS),
    Route("submissions.answered", "/banque/decides", "Copies décidées", BANKS),
    Route("submissions.show", _COPY, "Une copie figée", BANKS, state=_S.SENT_TO_BANK, named=True),
    _post("submissions.review", f"{_COPY}/relire", "Relire sa réponse", BANKS, _S.SENT_TO_BANK, an_answer,
          200, named=True),
    _post("submissions.answer", f"{_COPY}/reponse", "Envoyer sa réponse", BANKS, _S.SENT_TO_BANK, an_answer),
    Route("loans.index", "/prets", "Liste des prêts", LOAN_READERS),
    Route("loans.show", _LOAN, "Page d’un prêt", LOAN_READERS, state=_S.DISBURSED, named=True),
    Route("loans.schedule_pdf", f"{_LOAN}/echeancier.pdf", "Échéancier à remettre", LOAN_READERS, state=_S.DISBURSED),
    Route("loans.sign", f"{_LOAN}/signature", "Formulaire de la signature", LENDERS, state=_S.APPROVED, named=True),
    _post("loans.sign", f"{_LOAN}/signature", "Noter la signature de l’offre", LENDERS, _S.APPROVED, a_signature),
    _post("loans.lapse", f"{_LOAN}/perimee", "Noter une offre périmée (elle tient encore : refusé)", LENDERS,
          _S.APPROVED, answer=409),
    Route("loans.withdrawal", f"{_LOAN}/retractation", "Formulaire de rétractation", LENDERS,
          state=_S.OFFER_SIGNED, named=True),
    _post("loans.withdrawal", f"{_LOAN}/retractation", "Noter une rétractation", LENDERS,
          _S.OFFER_SIGNED, a_withdrawal),
    Route("loans.pay_out", f"{_LOAN}/versement", "Formulaire du versement", LENDERS,
          state=_S.OFFER_SIGNED, named=True),
    _post("loans.pay_out", f"{_LOAN}/versement", "Noter le versement", LENDERS, _S.OFFER_SIGNED, a_payout),
    _post("loans.pay_out_preview", f"{_LOAN}/versement/apercu", "Lire l’échéancier avant de l’écrire", LENDERS,
          _S.OFFER_SIGNED, a_payout, 200, named=True),
    Route("loans.reject", f"{_LOAN}/rejet", "Formulaire du rejet", LENDERS, state=_S.DISBURSED, named=True),
    _post("loans.reject", f"{_LOAN}/rejet", "Noter un rejet (échéance inexistante : introuvable)", LENDERS,
          _S.DISBURSED, a_debit_of_nobody, 404),
    Route("loans.payment", f"{_LOAN}/paiement", "Formulaire du paiement", LENDERS, state=_S.DISBURSED, named=True),
    _post("loans.payment", f"{_LOAN}/paiement", "Noter un paiement (échéance inexistante : introuvable)", LENDERS,
          _S.DISBURSED, a_debit_of_nobody, 404),
    Route("loans.reschedule", f"{_LOAN}/reamenagement", "Formulaire du nouvel échéancier", LENDERS,
          state=_S.DISBURSED, named=True),
    _post("loans.reschedule", f"{_LOAN}/reamenagement", "Écrire le nouvel échéancier", LENDERS,
          _S.DISBURSED, a_new_schedule),
    _post("loans.reschedule_preview", f"{_LOAN}/reamenagement/apercu", "Lire le nouvel échéancier avant de l’écrire",
          LENDERS, _S.DISBURSED, a_new_schedule, 200, named=True),
    Route("loans.settle", f"{_LOAN}/solde", "Formulaire du solde anticipé", LENDERS, state=_S.DISBURSED, named=True),
    _post("loans.settle", f"{_LOAN}/solde", "Noter un solde anticipé", LENDERS, _S.DISBURSED, a_settlement),
    Route("loans.guarantee", f"{_LOAN}/garantie", "Formulaire de l’appel de la garantie", LENDERS,
          state=_S.DISBURSED, named=True),
    _post("loans.guarantee", f"{_LOAN}/garantie", "Noter l’appel de la garantie (sans incident : refusé)", LENDERS,
          _S.DISBURSED, a_call, 409),
    Route("followups.evaluation", f"{_LOAN}/bilan", "Formulaire du bilan", WORKERS, state=_S.DISBURSED, named=True),
    _post("followups.evaluation", f"{_LOAN}/bilan", "Faire le bilan et clore (prêt non soldé : refusé)", WORKERS,
          _S.DISBURSED, an_evaluation, 409),
    Route("reporting.figures", "/chiffres", "Chiffres d’ensemble", AGGREGATES),
    Route("reporting.commune", "/ma-commune", "Ma commune", frozenset({Role.CCAS_DIRECTOR})),
)  # fmt: skip

ABOUT_CASES = tuple(route for route in ROUTES if route.about_a_case)
