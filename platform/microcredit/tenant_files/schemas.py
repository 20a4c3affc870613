"""What a tenant file may say: its blocks and their keys."""

from marshmallow import fields

from microcredit.accounts.sso_schemas import Admission, Profile
from microcredit.groupings.codes import OrganisationKind, ParticipationKind
from microcredit.kernel.permissions import Role
from microcredit.settings import PROVIDER_VARIABLE
from microcredit.tenant_files.fields import (
    Euros,
    FileSchema,
    Rate,
    Share,
    blocks,
    codes,
    day,
    line,
    one_of,
    optional,
    optional_euros,
    whole,
)

K, P = OrganisationKind, ParticipationKind


class PopulationSchema(FileSchema):
    """How many inhabitants a commune has from a day on."""

    valid_from = day("Date d’effet")
    inhabitants = whole("Habitants", 1, 3_000_000)
    source = line("Source", 300)


class CommuneSchema(FileSchema):
    """A commune of the territory."""

    code = line(
        "Code INSEE",
        pattern="[0-9][0-9AB][0-9]{3}",
        example='Un code INSEE a 5 caractères, comme "59253".',
    )
    name = line("Nom")
    epci_siren = optional(
        line("SIREN de l’EPCI", pattern="([0-9]{9})?", example="Un SIREN a 9 chiffres.")
    )
    epci_name = optional(line("Nom de l’EPCI", 150))
    populations = blocks("communes.populations", PopulationSchema(), least=1)


class ParticipationSchema(FileSchema):
    """What a CCAS or a prescriber is to the grouping, and since when."""

    kind = one_of("Rôle dans le regroupement", P.MEMBER, P.PRESCRIBER)
    valid_from = day("Depuis le")
    valid_to = day("Jusqu’au (exclu)", required=False)


class OrganisationSchema(FileSchema):
    """A CCAS or another body that receives people."""

    name = line("Nom")
    kind = one_of("Nature", K.CCAS, K.COMMUNE, K.MISSION_LOCALE, K.ASSOCIATION)
    commune = optional(line("Commune (code INSEE)"))
    participations = blocks("organisations.participations", ParticipationSchema(), least=1)


class LeadSchema(FileSchema):
    """The CCAS that leads an action, and since when."""

    organisation = line("CCAS porteur")
    valid_from = day("Depuis le")
    valid_to = day("Jusqu’au (exclu)", required=False)


class ActionSchema(FileSchema):
    """Something that the CCAS do together."""

    code = line(
        "Code", 40, r"[a-z][a-z0-9_]*", "Un code n’a que des minuscules, des chiffres et « _ »."
    )
    name = line("Nom")
    leads = blocks("actions.leads", LeadSchema(), least=1)


class TermsSchema(FileSchema):
    """What a bank lends from a day on."""

    valid_from = day("Depuis le")
    valid_to = day("Jusqu’au (exclu)", required=False)
    min_amount = Euros("Montant minimum")
    max_amount = Euros("Montant maximum")
    min_months = whole("Durée minimum, en mois", 1, 360)
    max_months = whole("Durée maximum, en mois", 1, 360)
    annual_rate = Rate("Taux annuel")
    answer_days = whole("Délai de réponse, en jours", 1, 365)
    source = line("Source", 300)


class BankSchema(FileSchema):
    """A partner bank."""

    name = line("Nom")
    valid_from = day("Partenaire depuis le")
    valid_to = day("Jusqu’au (exclu)", required=False)
    terms = blocks("banks.terms", TermsSchema(), least=1)


class FunderSchema(FileSchema):
    """Who pays a part."""

    name = line("Nom")
    valid_from = day("Depuis le")
    valid_to = day("Jusqu’au (exclu)", required=False)


class ProviderSchema(FileSchema):
    """A provider of identity through which an organisation's people sign in."""

    name = line("Nom sur le bouton de connexion", 80)
    organisation = line("Organisme")
    role = one_of("Rôle proposé", *Role)
    issuer = line("Adresse de l’émetteur", 300)
    client_id = line("Identifiant de client", 200)
    secret = line(
        "Secret de client", 100, PROVIDER_VARIABLE,
        "Le secret ne s’écrit pas ici : indiquez le nom de la variable qui le contient, "
        'comme "MICROCREDIT_PROVIDER_MISSION_LOCALE".',
    )  # fmt: skip
    profile = one_of("Sorte de fournisseur", *Profile, default=Profile.OIDC)
    admission = one_of("Qui entre", *Admission, default=Admission.WAIT)
    domain = optional(
        line(
            "Domaine des adresses", 100, r"([a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+)?",
            "Un domaine, comme mission-locale.example.",
        )
    )  # fmt: skip
    siret = optional(line("SIRET", 14, "([0-9]{14})?", "Un SIRET a 14 chiffres."))
    requires_acr = codes("Niveaux de vérification exigés")
    requires_amr = codes("Moyens de vérification exigés")


class DaysSchema(FileSchema):
    """How many days a case may stay in each state before it is late, and a bank see its copy."""

    contact = whole("Premier contact", 1, 365, required=False)
    appointment = whole("Rendez-vous fixé", 1, 365, required=False)
    diagnosis = whole("Diagnostic", 1, 365, required=False)
    awaiting_documents = whole("En attente de pièces", 1, 365, required=False)
    ready = whole("Complet", 1, 365, required=False)
    local_review = whole("Avis local demandé", 1, 365, required=False)
    sent_to_bank = whole("Transmis à la banque", 1, 365, required=False)
    bank_info_requested = whole("Complément demandé", 1, 365, required=False)
    adjourned = whole("Décision ajournée", 1, 365, required=False)
    bank_refused = whole("Refus de la banque", 1, 365, required=False)
    bank_counter_offer = whole("Accord modifié proposé", 1, 365, required=False)
    approved = whole("Accord", 1, 365, required=False)
    offer_signed = whole("Offre signée", 1, 365, required=False)
    bank_copy = whole("Copie visible par la banque après sa réponse", 1, 730, required=False)


class DelaysSchema(FileSchema):
    """Delays that hold from a day on, until a later block says otherwise."""

    valid_from = day("Depuis le")
    source = line("Source", 300)
    days = fields.Nested(DaysSchema(), required=True)


class ThresholdsSchema(FileSchema):
    """Numbers that help to talk about a budget, from a day on, until a later block says otherwise."""

    valid_from = day("Depuis le")
    source = line("Source", 300)
    living_watch = optional_euros("Reste à vivre à l’aise, par jour et par personne")
    living_stop = optional_euros("Reste à vivre trop juste, par jour et par personne")
    credit_share = Share("Part des crédits dans les ressources")
    guarantee_share = Share("Part d’une perte prise en charge par le Fonds de cohésion sociale")


class TerritorySchema(FileSchema):
    """A whole tenant file."""

    name = line("Nom du territoire", 80)
    number_prefix = line(
        "Début des numéros",
        pattern="[A-Z]{2,4}",
        example='Indiquez de 2 à 4 majuscules, comme "PC".',
    )
    communes = blocks("communes", CommuneSchema(), least=1)
    organisations = blocks("organisations", OrganisationSchema(), least=1)
    actions = blocks("actions", ActionSchema(), least=1)
    banks = blocks("banks", BankSchema())
    funders = blocks("funders", FunderSchema())
    providers = blocks("providers", ProviderSchema())
    delays = blocks("delays", DelaysSchema(), least=1)
    thresholds = blocks("thresholds", ThresholdsSchema())
