"""Which roles an organisation may give, by its kind; the database knows the same (0016)."""

from microcredit.groupings.codes import OrganisationKind
from microcredit.kernel.permissions import Role

ROLES_OFFERED: dict[OrganisationKind, tuple[str, ...]] = {
    OrganisationKind.CCAS: (
        "case_worker", "front_desk", "ccas_director", "coordinator", "elected_member",
        "tenant_admin", "dpo",
    ),
    OrganisationKind.COMMUNE: ("front_desk", "elected_member"),
    OrganisationKind.MISSION_LOCALE: ("prescriber_adviser",),
    OrganisationKind.ASSOCIATION: ("prescriber_adviser",),
    OrganisationKind.BANK: ("bank_officer",),
    OrganisationKind.FUNDER: ("funder_viewer",),
}  # fmt: skip

#: Roles that reach beyond their organisation: the administrator alone invites and ends them.
WIDE = ("tenant_admin", "coordinator", "dpo")

#: Roles that nobody has been confirmed in by a second person: they manage nobody.
NEVER_MANAGE = ("tenant_admin", "elected_member")


def roles_offered(kind: str, *, by_administrator: bool) -> list[Role]:
    """The roles that an organisation of this kind may be given, by the administrator or its manager."""
    known = {role.value: role for role in Role}
    offered = ROLES_OFFERED[OrganisationKind(kind)]
    return [known[r] for r in offered if r in known and (by_administrator or r not in WIDE)]
