"""How a migration gives rights: one place, so that no table is born without its policies."""

from alembic import context, op


def execute(statement: str) -> None:
    """Run one statement; `{owner}`, `{web}`, `{gate}`, `{worker}`, `{operator}` stand for the roles."""
    op.execute(fill(statement))


def fill(statement: str) -> str:
    suffix = context.config.attributes["role_suffix"]
    for role in ("owner", "web", "gate", "worker", "operator"):
        statement = statement.replace("{" + role + "}", f"microcredit_{role}{suffix}")
    return statement


def tenant_table(
    table: str,
    *,
    web: str = "SELECT, INSERT, UPDATE",
    worker: str = "SELECT",
    operator: str = "",
) -> None:
    """Force row-level security on `table` and give its rights.

    The owner passes by a policy of its own. The web and worker roles, and the operator where the
    table is configuration, see only the rows of the tenant that their signed context proves.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    execute(f"CREATE POLICY owner_all ON {table} TO {{owner}} USING (true) WITH CHECK (true)")
    given = {"{web}": web, "{worker}": worker, "{operator}": operator}
    roles = ", ".join(role for role, rights in given.items() if rights)
    if roles:
        execute(
            f"CREATE POLICY own_tenant ON {table} TO {roles}"
            " USING (tenant_id = (SELECT tenancy.tenant_id()))"
            " WITH CHECK (tenant_id = (SELECT tenancy.tenant_id()))"
        )
    for role, rights in given.items():
        if rights:
            execute(f"GRANT {rights} ON {table} TO {role}")


def function(signature: str, *roles: str) -> None:
    """Take EXECUTE from everybody and give it to `roles` alone."""
    execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    if roles:
        execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(roles)}")
