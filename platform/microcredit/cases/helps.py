"""The other helps in plain words, for the person who takes the sheet home: what each gives, what to bring.

No amount and no condition that changes from year to year: the CCAS and the giver say those.
"""

from dataclasses import dataclass

from microcredit.cases.codes import Motive, OrientationTarget

T, M = OrientationTarget, Motive


@dataclass(frozen=True)
class Help:
    """What a help can do for the person, and the papers that the first meeting asks for."""

    gives: str
    bring: str


_IDENTITY = "Pièce d’identité"
_INCOME = "vos trois derniers justificatifs de ressources"
_BANK = "vos trois derniers relevés de compte"

HELPS: dict[OrientationTarget, Help] = {
    T.OVERINDEBTEDNESS: Help(
        "Faire étaler, réduire ou effacer des dettes que l’on ne peut plus payer. C’est gratuit.",
        f"{_IDENTITY}, {_INCOME}, {_BANK}, la liste de vos crédits et de vos dettes.",
    ),
    T.BUDGET_POINT: Help(
        "Faire le point sur votre budget avec un conseiller, parler avec vos créanciers. C’est gratuit.",
        f"{_IDENTITY}, {_INCOME}, {_BANK}, vos factures en cours.",
    ),
    T.HOUSING_FUND: Help(
        "Aider à entrer dans un logement ou à y rester : dépôt de garantie, loyer, énergie, eau.",
        f"{_IDENTITY}, {_INCOME}, votre bail ou la promesse de bail, la facture concernée.",
    ),
    T.CAF_LOAN: Help(
        "Prêter sans intérêts pour équiper le logement : literie, lave-linge, réfrigérateur.",
        "Votre numéro d’allocataire, le devis de l’équipement.",
    ),
    T.CAF_AID: Help(
        "Aider une famille devant une dépense imprévue ou un moment difficile.",
        "Votre numéro d’allocataire, la facture ou le devis.",
    ),
    T.CCAS_AID: Help(
        "Payer une petite dépense urgente, ou avancer la somme sans intérêts.",
        f"{_IDENTITY}, un justificatif de domicile, {_INCOME}, la facture ou le devis.",
    ),
    T.RIGHTS: Help(
        "Vérifier que vous recevez tout ce à quoi vous avez droit, et demander ce qui manque.",
        f"{_IDENTITY}, {_INCOME}, votre dernier avis d’imposition, vos attestations de droits.",
    ),
    T.FRANCE_TRAVAIL: Help(
        "Aider à se déplacer pour un entretien, un emploi ou une formation, ou à passer le permis.",
        "Votre identifiant France Travail, la convocation ou la promesse d’embauche, le devis.",
    ),
    T.MISSION_LOCALE: Help(
        "Accompagner les moins de 26 ans : aide d’urgence, projet, permis, formation.",
        f"{_IDENTITY}, {_INCOME} si vous en avez, le devis ou l’inscription.",
    ),
    T.DISABILITY: Help(
        "Aider à payer ce que le handicap rend nécessaire : matériel, véhicule aménagé, aide humaine.",
        "Votre reconnaissance de handicap, l’ordonnance ou l’avis médical, le devis.",
    ),
    T.ACTION_LOGEMENT: Help(
        "Aider les salariés à se loger : dépôt de garantie, caution, difficultés de loyer.",
        f"{_IDENTITY}, votre contrat de travail, vos derniers bulletins de salaire, votre bail.",
    ),
    T.CPAM: Help(
        "Aider à payer des soins mal remboursés : dents, lunettes, appareils, ou un arrêt de travail.",
        "Votre carte Vitale, le devis, votre dernier avis d’imposition.",
    ),
    T.PENSION_FUND: Help(
        "Aider les retraités : soins, logement, dépense imprévue.",
        "Votre numéro de retraite, le devis ou la facture, votre dernier avis d’imposition.",
    ),
    T.GARAGE: Help(
        "Réparer, louer ou acheter une voiture à un prix adapté à vos ressources.",
        "Permis de conduire, carte grise, attestation d’assurance, justificatif de ressources.",
    ),
    T.FRAGILE_OFFER: Help(
        "Limiter les frais de votre banque. Si vous n’avez pas de compte, en faire ouvrir un.",
        f"{_IDENTITY}, un justificatif de domicile, {_BANK}.",
    ),
    T.ADIE: Help(
        "Financer la création ou la reprise de votre propre activité.",
        f"{_IDENTITY}, quelques lignes sur votre projet, les devis.",
    ),
    T.LEGAL_HELP: Help(
        "Régler un différend sans procès, et connaître vos droits. C’est gratuit.",
        "Le contrat, les courriers et les factures de l’affaire.",
    ),
    T.CLASSIC_CREDIT: Help(
        "Emprunter auprès de votre banque aux conditions ordinaires ; comparez toujours deux offres.",
        f"{_IDENTITY}, {_INCOME}, le devis.",
    ),
}
"""Each help as its sheet says it."""

BY_MOTIVE: dict[Motive, tuple[OrientationTarget, ...]] = {
    M.MOBILITY: (T.GARAGE, T.FRANCE_TRAVAIL),
    M.HOUSING: (T.HOUSING_FUND, T.CAF_LOAN),
    M.TRAINING: (T.FRANCE_TRAVAIL, T.MISSION_LOCALE),
    M.HEALTH: (T.CPAM,),
    M.FAMILY: (T.CAF_AID, T.CCAS_AID),
    M.OTHER: (T.CCAS_AID,),
}
"""Which helps often answer the same need as a loan for that motive."""
