"""The door: one connection of the gate's own login role, for one static statement at a time."""

import hashlib

from sqlalchemy import Engine, text


class Door:
    """Calls the gate's functions of the database, each in a short transaction of its own."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self._engine = engine
        self._secret = secret

    def _call(self, statement: str, **values: object) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(text(statement), values).scalar() is True

    def _word(self, statement: str, **values: object) -> str:
        with self._engine.begin() as connection:
            return str(connection.execute(text(statement), values).scalar_one())

    def _digest(self, subject: str) -> bytes:
        """Limits are counted per keyed digest: the table holds no address."""
        return hashlib.blake2b(subject.encode(), key=self._secret.encode()[:64]).digest()
