"""The text of a first tenant file, with the comments that help to complete it."""

import json
import re
from collections.abc import Sequence
from datetime import date

from microcredit.groupings.register import Register, RegisteredCommune

VOWELS = "aeiouyàâäéèêëîïôöùûüœæ"

HEADER = """\
# Territoire « {name} » : sa configuration d’origine, à compléter avant de le créer.
#
# Le nom de ce fichier, sans « .toml », est l’adresse du territoire : {slug}.<domaine>.
# Les dates s’écrivent année-mois-jour ; une fin (valid_to) est le premier jour qui ne compte plus.
# Une fois le territoire créé, ce fichier ne change plus rien : ce qui change ensuite se décide
# dans l’application. « microcredit tenants check » le relit, « microcredit tenants sync » le crée.

# Le nom affiché, et les lettres par lesquelles commence chaque numéro de dossier ({prefix}-{year}-0001).
name = {quoted_name}
number_prefix = {quoted_prefix}


# Les communes, avec leur code INSEE, leur intercommunalité (EPCI) et leurs populations successives.
"""

COMMUNE = """
[[communes]]
code = {code}
name = {name}
{epci}
[[communes.populations]]
valid_from = {in_force}
inhabitants = {inhabitants}
source = {source}
"""

EPCI = """\
epci_siren = {siren}
epci_name = {name}
"""

ORGANISATIONS = """

# Les CCAS et les autres lieux d’accueil, avec leur rôle dans le regroupement depuis une date :
# « member » siège à la commission, « prescriber » reçoit les demandes.
# Nature (kind) : ccas, commune (sans CCAS), mission_locale ou association.
"""

ORGANISATION = """
[[organisations]]
name = {name}
kind = "ccas"
commune = {code}
participations = [
  {{ kind = "member", valid_from = {joined} }},
  {{ kind = "prescriber", valid_from = {joined} }},
]
"""

REST = """

# Ce que les CCAS font ensemble, et le CCAS qui porte chaque action (un seul à la fois).
# L’action « microcredit » est toujours là.

[[actions]]
code = "microcredit"
name = "Microcrédit personnel accompagné"
leads = [
  {{ organisation = {lead}, valid_from = {joined} }},
]


# Les banques partenaires et ce qu’elles prêtent : montants en euros, durées en mois, taux annuel,
# délai de réponse en jours. Chaque bloc de conditions vaut à partir d’une date.
# À compléter, puis ôter les « # » ; sans banque, aucun dossier ne peut être transmis.

# [[banks]]
# name = "Banque partenaire"
# valid_from = {joined}
#
# [[banks.terms]]
# valid_from = {joined}
# min_amount = "300 €"
# max_amount = "3 000 €"
# min_months = 6
# max_months = 36
# annual_rate = "2 %"
# answer_days = 10
# source = "Convention de partenariat du …"


# Ceux qui paient une part de l’action. À compléter de même, s’il y en a.

# [[funders]]
# name = "Financeur"
# valid_from = {joined}


# Les fournisseurs d’identité : par eux, les personnes d’un organisme se connectent avec le compte qu’elles
# y ont déjà. Le secret n’est jamais écrit ici : « secret » nomme une variable de l’environnement, lue à la
# création. Qui entre (admission) : « invited », les personnes invitées ; « wait », chacun attend qu’on
# l’accepte ; « rule », ceux du domaine (domain) ou du SIRET (siret). Le bloc peut exiger un second moyen,
# par le niveau (requires_acr) ou par le moyen (requires_amr). Pour ProConnect : profile = "proconnect",
# et le SIRET, toujours.

# [[providers]]
# name = "Mission locale"
# organisation = "Mission locale"
# role = "prescriber_adviser"
# issuer = "https://connexion.mission-locale.example"
# client_id = "microcredit"
# secret = "MICROCREDIT_PROVIDER_MISSION_LOCALE"
# admission = "wait"
# requires_amr = ["mfa"]


# Combien de jours un dossier peut rester dans chaque état avant d’être signalé en retard.
# Un retard avertit, il ne refuse jamais. Le dernier, bank_copy, dit combien de jours une banque voit
# encore la copie d’un dossier après sa réponse.

[[delays]]
valid_from = {joined}
source = "Valeurs de départ de la plateforme, à arrêter par la commission"

[delays.days]
contact = 14
appointment = 21
diagnosis = 21
awaiting_documents = 30
ready = 5
local_review = 15
sent_to_bank = 10
bank_info_requested = 15
adjourned = 30
bank_refused = 14
bank_counter_offer = 10
approved = 14
offer_signed = 21
bank_copy = 90


# Des repères pour parler d’un budget, jamais pour décider : le reste à vivre par jour et par personne
# au-dessus duquel on est à l’aise (living_watch) et sous lequel c’est trop juste (living_stop), la part
# des crédits dans les ressources (credit_share), et la part d’une perte que prend le Fonds de cohésion
# sociale (guarantee_share). Chaque bloc vaut à partir d’une date ; un seuil absent n’est pas défini.

[[thresholds]]
valid_from = {joined}
source = "Valeurs de départ de la plateforme, à arrêter par la commission"
living_watch = "9 €"
living_stop = "6 €"
credit_share = "33 %"
guarantee_share = "50 %"
"""


def text_of(
    slug: str,
    name: str,
    prefix: str,
    communes: Sequence[RegisteredCommune],
    official: Register,
    joined: date,
) -> str:
    """The file of a territory led by the first of `communes`, whose CCAS joined on `joined`."""
    shown = re.sub(r"[^\w ’'-]", " ", name)[:80]
    parts = [
        HEADER.format(
            name=shown,
            slug=slug,
            prefix=re.sub("[^A-Z]", "", prefix),
            year=joined.year,
            quoted_name=_quoted(name),
            quoted_prefix=_quoted(prefix),
        )
    ]
    for each in communes:
        epci = ""
        if each.epci_siren and each.epci_name:
            epci = EPCI.format(siren=_quoted(each.epci_siren), name=_quoted(each.epci_name))
        parts.append(
            COMMUNE.format(
                code=_quoted(each.code),
                name=_quoted(each.name),
                epci=epci,
                in_force=official.in_force,
                inhabitants=each.inhabitants,
                source=_quoted(official.source),
            )
        )
    parts.append(ORGANISATIONS)
    for each in communes:
        ccas = _ccas(each, communes)
        parts.append(ORGANISATION.format(name=ccas, code=_quoted(each.code), joined=joined))
    parts.append(REST.format(lead=_ccas(communes[0], communes), joined=joined))
    return "".join(parts)


def _ccas(commune: RegisteredCommune, communes: Sequence[RegisteredCommune]) -> str:
    """The name of its CCAS, quoted; with the code when two communes bear one name."""
    namesakes = [each for each in communes if each.name == commune.name]
    code = f" ({commune.code})" if len(namesakes) > 1 else ""
    return _quoted(f"CCAS {of(commune.name)}{code}")


def _quoted(text: str) -> str:
    """A basic string of TOML, with typographic apostrophes."""
    return json.dumps(_typographic(text), ensure_ascii=False)


def of(name: str) -> str:
    """« de Frévent », « d’Escautpont », « du Ponchel », « des Lilas »."""
    name = _typographic(name)
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d’{name}" if name[:1].lower() in VOWELS else f"de {name}"


def _typographic(name: str) -> str:
    return name.replace("'", "’")
