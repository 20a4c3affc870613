"""How a person lives: codes with their French labels."""

from microcredit.kernel.codes import Labelled


class Civility(Labelled):
    """How to address somebody; may stay unsaid."""

    MADAM = "mme", "Mme"
    SIR = "m", "M."


class Family(Labelled):
    """With whom one lives: « situation familiale »."""

    SINGLE = "single", "Personne seule"
    SINGLE_PARENT = "single_parent", "Parent seul"
    COUPLE = "couple", "Couple"
    COUPLE_CHILDREN = "couple_children", "Couple avec enfants"
    OTHER = "other", "Autre foyer"


class Housing(Labelled):
    """Where one lives: « logement »."""

    SOCIAL_TENANT = "social_tenant", "Locataire, parc social"
    PRIVATE_TENANT = "private_tenant", "Locataire, parc privé"
    OWNER = "owner", "Propriétaire"
    BUYING = "buying", "Accédant à la propriété"
    HOSTED = "hosted", "Hébergé"
    HOSTEL = "hostel", "En foyer"
    NONE = "none", "Sans domicile, domicilié"


class Employment(Labelled):
    """What one lives from: « emploi »."""

    PERMANENT = "permanent", "CDI"
    PERMANENT_PART = "permanent_part", "CDI à temps partiel"
    FIXED_TERM = "fixed_term", "CDD"
    TEMPORARY = "temporary", "Intérim"
    SUBSIDISED = "subsidised", "Contrat aidé"
    APPRENTICE = "apprentice", "Apprentissage"
    SELF_EMPLOYED = "self_employed", "Indépendant"
    JOB_SEEKER = "job_seeker", "Demandeur d’emploi"
    MINIMUM = "minimum", "Minimum social"
    RETIRED = "retired", "Retraité"
    STUDENT = "student", "Études ou formation"
    OTHER = "other", "Autre situation"
