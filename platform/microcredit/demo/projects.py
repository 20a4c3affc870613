"""What people ask for: one or two sentences for each purpose, its usual price, and who is paid."""

from dataclasses import dataclass

from microcredit.cases.codes import Motive, Purpose


@dataclass(frozen=True)
class Project:
    """A purpose as it is told: its usual amount in euros, sentences, and who sells."""

    usual: int
    sentences: tuple[str, ...]
    payee: str


PROJECTS = {
    Purpose.CAR: Project(2550, (
        "Acheter une voiture d’occasion pour prendre un poste aux horaires décalés.",
        "Acheter une voiture pour garder un remplacement à l’hôpital.",
        "Remplacer une voiture hors d’usage : l’usine est à 22 km, sans car avant 7 h.",
        "Acheter une petite voiture pour les tournées d’aide à domicile.",
    ), "Garage du Rivage"),
    Purpose.REPAIR: Project(1150, (
        "Remplacer l’embrayage : sans voiture, le poste de 5 h est inaccessible en car.",
        "Réparer la voiture avant le contrôle technique, trajet domicile-travail de 18 km.",
        "Changer la courroie et les pneus pour continuer les missions d’intérim.",
    ), "Garage Deltour"),
    Purpose.LICENCE: Project(1500, (
        "Passer le permis B, demandé pour le contrat proposé.",
        "Reprendre le permis après l’échec à la conduite : dix heures et l’examen.",
    ), "Auto-école des Remparts"),
    Purpose.TWO_WHEELS: Project(1350, (
        "Acheter un scooter pour rejoindre l’apprentissage.",
        "Acheter un vélo électrique pour l’équipe du matin.",
    ), "Cycles du Canal"),
    Purpose.APPLIANCES: Project(650, (
        "Lave-linge et lit d’enfant après un déménagement.",
        "Réfrigérateur et gazinière pour un premier logement.",
    ), "Maison Équip"),
    Purpose.MOVING: Project(1000, (
        "Dépôt de garantie et camion pour un logement plus petit.",
        "Premier loyer et déménagement pour se rapprocher du travail.",
    ), "Bailleur du logement"),
    Purpose.WORKS: Project(1700, (
        "Remplacer le poêle avant l’hiver, reste à payer après les aides.",
        "Refaire la salle d’eau pour une personne âgée.",
    ), "Entreprise Vaillant"),
    Purpose.TRAINING_FEE: Project(1100, (
        "Frais d’examen et matériel pour le CAP cuisine.",
        "Formation de conducteur de cars, reste à payer.",
    ), "Centre de formation de l’Escaut"),
    Purpose.CARE: Project(750, (
        "Lunettes, part restant à payer.", "Prothèse dentaire, part restant à payer.",
    ), "Centre de soins"),
    Purpose.FUNERAL: Project(1450, ("Frais d’obsèques, part restant à payer.",), "Pompes funèbres"),
    Purpose.LIFE_EVENT: Project(800, ("Frais d’avocat d’une séparation.",), "Cabinet d’avocat"),
    Purpose.OTHER: Project(850, ("Ordinateur pour les démarches et la recherche d’emploi.",), "Atelier Numérique"),
}  # fmt: skip

#: What is asked for when nothing is lent, by weight.
ASKED_FOR = (
    ((Motive.MOBILITY, Purpose.CAR), 36), ((Motive.MOBILITY, Purpose.REPAIR), 15),
    ((Motive.MOBILITY, Purpose.LICENCE), 10), ((Motive.MOBILITY, Purpose.TWO_WHEELS), 3),
    ((Motive.HOUSING, Purpose.APPLIANCES), 9), ((Motive.HOUSING, Purpose.MOVING), 7),
    ((Motive.HOUSING, Purpose.WORKS), 3), ((Motive.TRAINING, Purpose.TRAINING_FEE), 5),
    ((Motive.HEALTH, Purpose.CARE), 4), ((Motive.FAMILY, Purpose.FUNERAL), 2),
    ((Motive.FAMILY, Purpose.LIFE_EVENT), 2), ((Motive.OTHER, Purpose.OTHER), 4),
)  # fmt: skip

FAVOURABLE = (
    "Budget tenu, aucun rejet sur les trois derniers relevés. Le prêt garde l’emploi. Suivi standard.",
    "Reste juste mais régulier ; le crédit en cours s’achève bientôt. Suivi renforcé la première année.",
    "Projet précis, devis comparés, paiement direct au vendeur. Avis favorable.",
    "Ressources modestes et stables, charges maîtrisées. La mensualité tient. Avis favorable.",
)
DOUBTFUL = (
    "Le budget ne laisse presque rien après le loyer. À revoir avec la personne avant tout prêt.",
    "Plusieurs crédits se cumulent ; une mensualité de plus ne passerait pas l’hiver.",
    "Ressources trop courtes pour la durée du prêt. D’autres aides répondent mieux.",
)
