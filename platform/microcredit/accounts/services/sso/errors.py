"""What is said to somebody whom a provider, or this territory, does not let in."""

from microcredit.kernel.errors import DomainError

AGAIN = "Revenez à la page de connexion et recommencez."
UNSURE = (
    "Nous n’avons pas pu vérifier la réponse de votre fournisseur d’identité : par prudence, rien n’a"
    f" été ouvert. {AGAIN} Si cela se répète, prévenez la personne qui gère les accès de votre organisme."
)
AWAY = (
    "Votre fournisseur d’identité ne répond pas pour le moment. Réessayez dans quelques minutes. Les"
    " personnes qui ont un mot de passe ici peuvent se connecter comme d’habitude."
)
UNINVITED = (
    "Votre fournisseur d’identité vous a reconnue, mais ce territoire ne vous a pas encore donné accès."
    " Demandez une invitation à la personne qui gère les accès de votre organisme."
)

#: Why, as the trail writes it: (status, what the person reads). Every other reason is UNSURE.
SENTENCES: dict[str, tuple[int, str]] = {
    "unknown": (404, "Ce fournisseur d’identité n’existe pas ici, ou il n’est plus proposé."),
    "away": (503, AWAY),
    "limit": (429, "Trop d’essais en peu de temps. Attendez un quart d’heure, puis recommencez."),
    "state": (
        400,
        "Cette connexion n’a pas commencé dans ce navigateur, elle a déjà servi, ou dix minutes ont"
        f" passé. {AGAIN}",
    ),
    "denied": (403, f"Votre fournisseur d’identité n’a pas confirmé la connexion. {AGAIN}"),
    "provider": (403, f"Les réglages de ce fournisseur viennent de changer. {AGAIN}"),
    "acr": (
        403,
        "Votre fournisseur d’identité ne vous a pas vérifiée aussi sûrement que ce territoire le demande :"
        " il faut un second moyen, par exemple un code sur votre téléphone. Ajoutez-en un chez lui, puis"
        " recommencez.",
    ),
    "uninvited": (403, UNINVITED),
    "no_address": (403, UNINVITED),
    "waiting": (
        403,
        "Votre fournisseur d’identité vous a reconnue. L’administratrice du territoire doit encore accepter"
        " votre arrivée : revenez quand elle vous l’aura dit.",
    ),
    "unconfirmed": (
        403,
        "Votre invitation est acceptée. Une seconde personne doit encore la confirmer : vous pourrez vous"
        " connecter ensuite.",
    ),
    "closed": (403, "Votre accès à ce territoire est fermé. Demandez une nouvelle invitation."),
    "invitation": (
        403, "Ce lien d’invitation ne sert plus, ou il est pour un autre organisme. Demandez-en un nouveau.",
    ),
    "sign_in": (
        403,
        "Vous avez déjà un compte ici. Connectez-vous d’abord comme d’habitude, puis ouvrez de nouveau le"
        " lien de l’invitation.",
    ),
}  # fmt: skip


class Refused(DomainError):
    """Nobody comes in. `why` is a short code for the trail; the person reads a sentence."""

    def __init__(self, why: str) -> None:
        self.why = why
        self.status, sentence = SENTENCES.get(why, (403, UNSURE))
        super().__init__(sentence)
