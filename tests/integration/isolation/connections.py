"""Plain connections of a login role, as an attacker with injected SQL would hold one, and the owner's sight."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from microcredit.kernel.provision import Provision

REFUSED = "42501"
ENTER = "SELECT tenant_id, account_id, membership_id FROM tenancy.enter(%s, %s)"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass
class Connections:
    """Opens connections to one database and closes them all at the end."""

    database: Provision
    opened: list[Connection] = field(default_factory=list)

    def login(self, role: str) -> Connection:
        """A connection of `web`, `gate`, `worker` or `operator`, in transactions as the product's are."""
        return self._open(self.database.url(role))

    def owner(self) -> Connection:
        """Sees every row of every tenant; each statement is its own transaction."""
        connection = self._open(self.database.migration_url)
        connection.autocommit = True
        role = sql.Identifier(f"microcredit_owner{self.database.suffix}")
        connection.execute(sql.SQL("SET ROLE {}").format(role))
        return connection

    def administrator(self) -> Connection:
        """The administrator of the server, in a transaction that its caller rolls back."""
        return self._open(self.database.migration_url)

    def close(self) -> None:
        """Close what is open."""
        for connection in self.opened:
            connection.close()

    def _open(self, url: str) -> Connection:
        plain = make_url(url).set(drivername="postgresql")
        connection = psycopg.connect(plain.render_as_string(hide_password=False))
        self.opened.append(connection)
        return connection


@dataclass(frozen=True)
class South:
    """What an attacker in North might know of South."""

    token: str
    account: int
    membership: int
    submission: int
    tenant: int


@contextmanager
def refused(state: str = REFUSED) -> Iterator[None]:
    """The database answers with this SQLSTATE; "insufficient privilege" unless another is named."""
    with pytest.raises(psycopg.Error) as caught:
        yield
    assert caught.value.sqlstate == state, caught.value


def refuses(connection: Connection, statement: str, *values: object, state: str = REFUSED) -> None:
    """The statement is refused; what the transaction held before it stays."""
    with refused(state), connection.transaction():
        connection.execute(statement, values)


def value(connection: Connection, statement: str, *values: object) -> Any:
    """The first column of the only row."""
    rows = connection.execute(statement, values).fetchall()
    assert len(rows) == 1, rows
    return rows[0][0]
