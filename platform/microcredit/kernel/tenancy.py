"""The place of tenant isolation: who is here, proved by the database, and the rules it must keep."""

import math
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from microcredit.kernel.permissions import OF_A_MANAGER, Permission, Role, Scope, scope_of

ENTER = text("SELECT * FROM tenancy.enter(:token, :slug)")
ENTER_SETUP = text("SELECT tenancy.enter_setup(:slug)")
ENTER_JOB = text("SELECT demo_date FROM tenancy.enter_job(:job)")


@dataclass(frozen=True)
class Hat:
    """One membership of an account: « casquette »."""

    membership_id: int
    role: Role
    organisation: str


@dataclass(frozen=True)
class Identity:
    """Who acts, for whom and as what: what the database proved of this request, and nothing else."""

    tenant_id: int
    slug: str
    tenant_name: str
    number_prefix: str
    is_demo: bool
    demo_date: date | None
    account_id: int
    account_name: str
    membership_id: int
    role: Role
    organisation_id: int
    organisation_name: str
    commune_code: str | None
    hats: tuple[Hat, ...]
    seconds_unseen: float
    manages_accounts: bool
    #: Seconds since the first means (password, provider) and the second one were last proved.
    first_factor_age: float
    second_factor_age: float | None
    #: Whether the account has a second factor of its own here.
    has_second_factor: bool
    #: The provider that signed the person in; None for a password.
    provider_id: int | None

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The account, in text; nothing stores it: the session cookie holds a token alone."""
        return str(self.account_id)

    def scope(self, permission: Permission) -> Scope | None:
        """How far the active role may use `permission`; None when it may not at all."""
        added = OF_A_MANAGER.get(permission) if self.manages_accounts else None
        return scope_of(self.role, permission) or added

    @property
    def proof_age(self) -> float:
        """Seconds since the strongest proof that can be asked of this person; infinite for none yet."""
        if self.has_second_factor or self.second_factor_age is not None:
            return math.inf if self.second_factor_age is None else self.second_factor_age
        return self.first_factor_age

    def may(self, permission: Permission) -> bool:
        """Whether the active role has `permission` in some scope."""
        return self.scope(permission) is not None


def enter(session: Session, token: str, slug: str) -> Identity | None:
    """Enter the tenant of `slug` in this transaction, or learn that the token opens nothing there.

    Called once per transaction: a second call is refused by the database.
    """
    row = session.execute(ENTER, {"token": token, "slug": slug}).mappings().one_or_none()
    if row is None:
        return None
    values = dict(row)
    values["role"] = Role(values["role"])
    values["hats"] = tuple(
        Hat(hat["id"], Role(hat["role"]), hat["organisation"]) for hat in values["hats"]
    )
    identity = Identity(**values)
    session.info["demo_date"] = identity.demo_date
    return identity


def enter_setup(session: Session, slug: str) -> int | None:
    """Enter a tenant to set it up, as the operator; its id, or None when there is no such tenant."""
    tenant: int | None = session.scalar(ENTER_SETUP, {"slug": slug})
    return tenant


def enter_job(session: Session, job: int) -> None:
    """Enter the tenant that a running job was stamped with, as the worker."""
    session.info["demo_date"] = session.scalar(ENTER_JOB, {"job": job})


#: Each row this returns is a hole: a table or function that would let one tenant see another.
#: The catalogue test and every start run it; nothing is served while it returns anything.
HOLES = text("""
WITH ours AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
           c.relacl, c.relowner, n.nspname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('app', 'gate', 'tenancy', 'queue') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
), tables AS (
    SELECT * FROM ours WHERE relkind IN ('r', 'p') AND name <> 'tenancy.migration'
), tenant_tables AS (
    SELECT * FROM tables WHERE nspname IN ('app', 'gate')
), login AS (
    SELECT oid, rolname FROM pg_roles WHERE rolname = ANY (:logins)
)
SELECT 'sans RLS forcée : ' || name AS hole FROM tables WHERE NOT (relrowsecurity AND relforcerowsecurity)
UNION ALL
SELECT 'vue ou table externe : ' || name FROM ours WHERE relkind IN ('v', 'm', 'f')
UNION ALL
SELECT 'sans tenant_id obligatoire : ' || name FROM tenant_tables t WHERE NOT EXISTS (
    SELECT 1 FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnotnull)
UNION ALL
SELECT 'politique sans preuve : ' || p.polrelid::regclass || ' ' || p.polname
FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
CROSS JOIN LATERAL (SELECT CASE t.name WHEN 'tenancy.tenant' THEN '(id' ELSE '(tenant_id' END
    || ' = ( SELECT tenancy.tenant_id() AS tenant_id))' AS proof) wanted
WHERE t.nspname <> 'queue' AND p.polname <> 'owner_all' AND (
    p.polroles = '{0}' OR p.polpermissive AND (
        pg_get_expr(p.polqual, p.polrelid) <> proof
        OR pg_get_expr(p.polwithcheck, p.polrelid) <> proof))
UNION ALL
SELECT 'politique du propriétaire ouverte à d’autres : ' || p.polrelid::regclass
FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
WHERE p.polname = 'owner_all' AND p.polroles <> ARRAY[t.relowner]
UNION ALL
SELECT 'droit sans politique : ' || t.name || ' pour ' || l.rolname
FROM tables t CROSS JOIN login l
WHERE t.nspname IN ('app', 'gate', 'tenancy')
    AND has_table_privilege(l.oid, t.oid, 'SELECT, INSERT, UPDATE, DELETE')
    AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid AND l.oid = ANY (p.polroles))
UNION ALL
SELECT 'clé qui ne commence pas par tenant_id : ' || i.indexrelid::regclass
FROM pg_index i JOIN tenant_tables t ON t.oid = i.indrelid
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE (i.indisunique OR i.indisexclusion) AND a.attname IS DISTINCT FROM 'tenant_id'
UNION ALL
SELECT 'référence sans tenant_id : ' || f.conrelid::regclass || ' ' || f.conname
FROM pg_constraint f JOIN tenant_tables t ON t.oid = f.conrelid
WHERE f.contype = 'f' AND f.confrelid <> 'tenancy.tenant'::regclass AND NOT EXISTS (
    SELECT 1 FROM unnest(f.conkey, f.confkey) k (here, there)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.here AND a.attname = 'tenant_id'
    JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.there AND b.attname = 'tenant_id')
UNION ALL
SELECT 'droit dangereux : ' || l.rolname || ' sur ' || o.name
FROM ours o CROSS JOIN login l
WHERE o.relowner = l.oid OR has_table_privilege(l.oid, o.oid, 'TRUNCATE, REFERENCES, TRIGGER')
UNION ALL
SELECT 'schéma ouvert : ' || n.nspname || ' pour ' || l.rolname
FROM pg_namespace n CROSS JOIN login l
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND (has_schema_privilege(l.oid, n.oid, 'CREATE')
        OR has_schema_privilege(l.oid, n.oid, 'USAGE') AND n.nspname NOT IN ('app', 'gate', 'tenancy')
            AND NOT (n.nspname = 'queue' AND l.rolname ~ '_worker'))
UNION ALL
SELECT 'création permise dans la base : ' || l.rolname FROM login l
WHERE has_database_privilege(l.oid, current_database(), 'CREATE, TEMPORARY')
UNION ALL
SELECT 'droit donné à tous : ' || o.name FROM ours o, aclexplode(o.relacl) g WHERE g.grantee = 0
UNION ALL
SELECT 'fonction ouverte à tous : ' || f.oid::regprocedure
FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
WHERE n.nspname IN ('app', 'gate', 'tenancy', 'queue') AND has_function_privilege('public', f.oid, 'EXECUTE')
UNION ALL
SELECT 'fonction sans search_path : ' || f.oid::regprocedure
FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
WHERE n.nspname IN ('app', 'gate', 'tenancy', 'queue') AND f.prosecdef
    AND NOT coalesce(array_to_string(f.proconfig, ','), '') LIKE '%search_path=%pg_temp'
UNION ALL
SELECT 'rôle trop fort : ' || r.rolname FROM pg_roles r
WHERE r.rolname = ANY (:logins)
    AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication)
UNION ALL
SELECT 'rôle membre d’un autre : ' || l.rolname
FROM pg_auth_members m JOIN login l ON l.oid = m.member
UNION ALL
SELECT 'rôle absent : ' || wanted FROM unnest(:logins) wanted
WHERE NOT EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname = wanted)
UNION ALL
SELECT 'fonction de trop : ' || l.rolname || ' ' || f.oid::regprocedure
FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace CROSS JOIN login l
WHERE n.nspname IN ('app', 'gate', 'tenancy') AND f.prosecdef
    AND has_function_privilege(l.oid, f.oid, 'EXECUTE')
    AND (l.rolname ~ '_web' AND f.proname NOT IN
            ('tenant_id', 'account_id', 'membership_id', 'enter', 'set_demo_date', 'defer', 'post_mail')
        OR l.rolname ~ '_gate' AND n.nspname <> 'gate'
        OR l.rolname ~ '_worker' AND f.proname NOT IN
            ('tenant_id', 'account_id', 'membership_id', 'enter_job', 'defer', 'sweep',
             'post_mail', 'defer_daily', 'retire_unused')
        OR l.rolname ~ '_operator' AND f.proname NOT IN
            ('tenant_id', 'account_id', 'membership_id', 'enter_setup', 'create_tenant',
             'tenants', 'set_password', 'set_up_provider', 'set_up_providers'))
ORDER BY 1
""")

LOGINS = ("web", "gate", "worker", "operator")


def holes(connection: Connection, role_suffix: str = "") -> list[str]:
    """Every way in which the catalogue breaks the rules of isolation, in French; [] when sound."""
    logins = [f"microcredit_{login}{role_suffix}" for login in LOGINS]
    return list(connection.scalars(HOLES, {"logins": logins}))
