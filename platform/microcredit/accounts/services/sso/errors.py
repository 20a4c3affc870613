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

CLOCK = (
    "L’heure de votre fournisseur d’identité et la nôtre ne sont pas d’accord : par prudence, rien n’a été"
    f" ouvert. {AGAIN} Si cela se répète, dites à la personne qui gère les accès de votre organisme que"
    " l’horloge du fournisseur est à régler."
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
    "amr": (
        403,
        "Votre fournisseur d’identité ne dit pas par quel second moyen il vous a vérifiée, et ce territoire"
        " le demande. Ajoutez un second moyen chez lui, puis recommencez.",
    ),
    "expired": (403, CLOCK),
    "iat": (403, CLOCK),
    "nbf": (403, CLOCK),
    "siret": (
        403,
        "Votre fournisseur d’identité vous a reconnue, mais pour un autre organisme que celui qui est"
        " attendu ici. Choisissez chez lui l’organisme pour lequel vous venez, ou demandez une invitation"
        " à la personne qui gère les accès.",
    ),
    "stranger": (
        403,
        "Vous vous êtes vérifiée chez votre fournisseur d’identité sous un autre compte que celui qui est"
        " ouvert ici. Rien n’a changé : recommencez avec le bon compte.",
    ),
    "weak": (
        403,
        "Votre fournisseur d’identité ne prouve pas de second moyen : confirmez avec celui que vous avez"
        " ici, ou déconnectez-vous puis reconnectez-vous.",
    ),
    "auth_time": (
        403,
        "Votre fournisseur d’identité n’a pas dit qu’il venait de vous vérifier. Recommencez, et redonnez"
        " chez lui votre mot de passe ; si cela se répète, prévenez la personne qui gère les accès.",
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


#: Nothing went wrong: somebody else has to act first.
EXPECTED = ("waiting", "unconfirmed")


class Refused(DomainError):
    """Nobody comes in. `why` is a short code for the trail; the person reads a sentence."""

    title = "La connexion n’a pas abouti"

    def __init__(self, why: str) -> None:
        self.why = why
        self.status, sentence = SENTENCES.get(why, (403, UNSURE))
        if why in EXPECTED:
            self.title = "Votre arrivée attend une réponse"
        super().__init__(sentence)
