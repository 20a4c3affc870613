"""The place of permissions: what may be done, by which role, how far.

A route names one Permission. A role has it in one Scope, or not at all. Fetching a case and
checking the scope are one call of its domain, so that neither can be forgotten.
"""

from enum import Enum

from microcredit.kernel.codes import Labelled


class Role(Labelled):
    """What a person is in an organisation: one membership, one role."""

    CASE_WORKER = "case_worker", "Référente"
    FRONT_DESK = "front_desk", "Agent d’accueil"
    CCAS_DIRECTOR = "ccas_director", "Directeur de CCAS"
    COORDINATOR = "coordinator", "Coordinatrice"
    ELECTED_MEMBER = "elected_member", "Élue"
    BANK_OFFICER = "bank_officer", "Banque"
    FUNDER_VIEWER = "funder_viewer", "Financeur"
    TENANT_ADMIN = "tenant_admin", "Administratrice du territoire"
    DPO = "dpo", "Déléguée à la protection des données"
    PRESCRIBER_ADVISER = "prescriber_adviser", "Conseillère prescriptrice"


class Permission(Enum):
    """One thing that can be done. The value is its plain sentence, shown as it stands."""

    USE_ACCOUNT = "Utiliser son compte : changer de casquette, se déconnecter."
    SEE_OWN_DAY = "Voir le travail qui attend et les rendez-vous."
    OPEN_CONTACT = "Noter un premier contact."
    LIST_CASES = "Voir la liste des dossiers de son périmètre : état et dates."
    READ_IDENTITY = "Voir qui est la personne et comment la joindre."
    READ_BUDGET = "Voir le foyer, le projet et le budget."
    READ_OPINION = "Voir l’avis écrit."
    NOTE_APPOINTMENT = "Fixer ou déplacer un rendez-vous."
    WRITE_DIAGNOSIS = "Remplir le diagnostic, déclarer le dossier complet."
    SEND_TO_BANK = "Transmettre un dossier complet à la banque."
    REDIRECT_CASE = "Orienter la personne vers une autre aide et clore."
    CLOSE_CASE = "Classer sans suite : absence ou abandon."
    DECLINE_CASE = "Décider de ne pas présenter un dossier à la banque."
    REVIEW_CASE = "Noter l’avis du comité local."
    WRITE_TASKS = "Ajouter une tâche à un dossier, la marquer faite."
    READ_LOANS = "Voir les prêts : échéancier, situation, impayés."
    WRITE_LOAN = (
        "Noter la vie d’un prêt : signature, versement, rejet, paiement, nouvel échéancier."
    )
    EVALUATE_LOAN = "Faire le bilan d’un prêt soldé et clore."
    READ_SUBMISSIONS = "Voir les dossiers adressés à sa banque."
    ANSWER_SUBMISSION = "Répondre au nom de sa banque."
    READ_COMMUNE = "Voir la page de sa commune."
    READ_FIGURES = "Voir les chiffres d’ensemble."
    READ_TERRITORY = "Voir la configuration du territoire."
    READ_ACCOUNTS = "Voir qui a accès à quoi."
    MANAGE_ACCESS = "Inviter, renvoyer ou retirer une invitation, fermer un accès."
    CONFIRM_ACCESS = "Confirmer l’accès d’une personne qui verra des dossiers."
    NAME_MANAGER = "Dire qui gère les accès d’un organisme."
    MANAGE_PROVIDERS = "Régler les fournisseurs d’identité, accepter qui arrive par eux."
    READ_CONSULTATIONS = "Voir qui a consulté un dossier."
    REFER = "Orienter quelqu’un vers le microcrédit."
    READ_REFERRALS = "Suivre les personnes qu’on a orientées : où en est la demande, en clair."
    READ_TRAIL = "Lire le journal : qui a fait ou consulté quoi, et quand."


class Scope(Enum):
    """How far a permission reaches."""

    ALL = "tout le territoire"
    DESK = "reçus à son accueil ou habitant sa commune"
    COMMUNE = "habitant sa commune"
    OWN_BANK = "adressés à sa banque"
    OWN_REFERRALS = "orientés par soi"
    OWN_ORGANISATION = "de son organisme"
    AGGREGATES = "totaux seulement, petits nombres masqués"


_P, _S = Permission, Scope

_CASE_WORK = dict.fromkeys(
    (
        _P.SEE_OWN_DAY, _P.OPEN_CONTACT, _P.LIST_CASES, _P.READ_IDENTITY, _P.READ_BUDGET,
        _P.READ_OPINION, _P.NOTE_APPOINTMENT, _P.WRITE_DIAGNOSIS, _P.SEND_TO_BANK,
        _P.REDIRECT_CASE, _P.CLOSE_CASE, _P.DECLINE_CASE, _P.REVIEW_CASE, _P.WRITE_TASKS,
        _P.READ_LOANS, _P.WRITE_LOAN, _P.EVALUATE_LOAN, _P.READ_FIGURES, _P.READ_TERRITORY,
        _P.READ_CONSULTATIONS,
    ),
    _S.ALL,
)  # fmt: skip

GRANTS: dict[Role, dict[Permission, Scope]] = {
    Role.CASE_WORKER: _CASE_WORK,
    Role.FRONT_DESK: dict.fromkeys(
        (_P.SEE_OWN_DAY, _P.OPEN_CONTACT, _P.LIST_CASES, _P.READ_IDENTITY, _P.NOTE_APPOINTMENT,
         _P.REDIRECT_CASE, _P.CLOSE_CASE, _P.WRITE_TASKS),
        _S.DESK,
    ),
    Role.CCAS_DIRECTOR: {
        _P.READ_COMMUNE: _S.COMMUNE,
        _P.LIST_CASES: _S.COMMUNE,
        _P.READ_IDENTITY: _S.COMMUNE,
        _P.READ_LOANS: _S.COMMUNE,
        _P.REVIEW_CASE: _S.COMMUNE,
        _P.READ_FIGURES: _S.AGGREGATES,
        _P.READ_TERRITORY: _S.ALL,
    },
    Role.COORDINATOR: {
        _P.READ_FIGURES: _S.ALL,
        _P.LIST_CASES: _S.ALL,
        _P.REVIEW_CASE: _S.ALL,
        _P.READ_TERRITORY: _S.ALL,
        _P.READ_CONSULTATIONS: _S.ALL,
        _P.READ_TRAIL: _S.ALL,
        _P.READ_ACCOUNTS: _S.ALL,
        _P.CONFIRM_ACCESS: _S.ALL,
    },
    Role.ELECTED_MEMBER: {_P.READ_FIGURES: _S.AGGREGATES, _P.READ_TERRITORY: _S.ALL},
    Role.FUNDER_VIEWER: {_P.READ_FIGURES: _S.AGGREGATES, _P.READ_TERRITORY: _S.ALL},
    Role.BANK_OFFICER: dict.fromkeys(
        (_P.READ_SUBMISSIONS, _P.ANSWER_SUBMISSION, _P.READ_LOANS, _P.WRITE_LOAN), _S.OWN_BANK
    ),
    Role.TENANT_ADMIN: {
        _P.READ_ACCOUNTS: _S.ALL, _P.MANAGE_ACCESS: _S.ALL, _P.NAME_MANAGER: _S.ALL,
        _P.MANAGE_PROVIDERS: _S.ALL, _P.READ_TERRITORY: _S.ALL},
    Role.DPO: {_P.READ_TRAIL: _S.ALL, _P.READ_TERRITORY: _S.ALL},
    Role.PRESCRIBER_ADVISER: dict.fromkeys((_P.REFER, _P.READ_REFERRALS), _S.OWN_REFERRALS),
}  # fmt: skip


#: What a membership that manages accesses adds to its role.
OF_A_MANAGER = dict.fromkeys(
    (_P.READ_ACCOUNTS, _P.MANAGE_ACCESS, _P.CONFIRM_ACCESS), _S.OWN_ORGANISATION
)


def scope_of(role: Role, permission: Permission) -> Scope | None:
    """How far `role` may use `permission`; None when it may not at all."""
    if permission is Permission.USE_ACCOUNT:
        return Scope.ALL
    return GRANTS[role].get(permission)
