"""The papers that are usually asked for, as a help to write the list that the person takes home."""

USUAL: dict[str, tuple[str, ...]] = {
    "Pour tous": (
        "Pièce d’identité",
        "Justificatif de domicile de moins de 3 mois",
        "3 derniers bulletins de salaire, ou attestation de paiement",
        "Attestation de la CAF ou de la MSA",
        "3 derniers relevés de compte",
        "Dernier avis d’impôt",
        "RIB",
    ),
    "Selon le projet": (
        "Devis",
        "Permis de conduire",
        "Contrôle technique de moins de 6 mois",
        "Devis d’assurance",
        "Contrat de travail ou promesse d’embauche",
    ),
    "S’il y a des crédits": ("Échéanciers des crédits en cours",),
}
"""Where each is asked for → the papers."""
