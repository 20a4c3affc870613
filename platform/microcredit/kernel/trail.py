"""Verifying the trail: every event recomputed from its row, every hash from the one before.

    hash = SHA-256(prev ‖ canonical(event))

`canonical` writes each field as UTF-8 behind its length in four bytes (−1 for none): tenant, number,
instant in microseconds of UTC, account, membership, act, subject, detail as jsonb writes it. Nothing in
it depends on the time zone or the locale of whoever verifies.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

EVENTS = text("""
    SELECT e.tenant_id, e.seq, trunc(extract(epoch FROM e.at) * 1000000)::bigint AS at,
        e.account_id, e.membership_id, e.act, e.subject, e.detail::text AS detail, e.prev, e.hash
    FROM app.audit_event e JOIN tenancy.tenant t ON t.id = e.tenant_id
    WHERE :slug IN ('', t.slug) ORDER BY e.tenant_id, e.seq""")
HEADS = text("""
    SELECT t.slug, h.tenant_id, h.seq, encode(h.hash, 'hex') AS hash
    FROM gate.trail_head h JOIN tenancy.tenant t ON t.id = h.tenant_id
    WHERE :slug IN ('', t.slug) ORDER BY t.slug""")
FIELDS = ("tenant_id", "seq", "at", "account_id", "membership_id", "act", "subject", "detail")


@dataclass(frozen=True)
class Head:
    """The last event of a tenant's trail: what is kept elsewhere to know that nothing was cut off."""

    slug: str
    tenant_id: int
    seq: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """How many events of a tenant were verified, and the first fault in French; "" when there is none."""

    slug: str
    events: int
    fault: str


def canonical(values: Mapping[str, object]) -> bytes:
    """An event's fields as they are hashed; `values` by the names of FIELDS."""
    return b"".join(_field(values[name]) for name in FIELDS)


def chained(prev: bytes, values: Mapping[str, object]) -> bytes:
    """The hash of an event whose fields are `values`, after the one whose hash is `prev` (b"" for none)."""
    return hashlib.sha256(prev + canonical(values)).digest()


def heads(connection: Connection, slug: str = "") -> list[Head]:
    """The heads of all tenants, or of one."""
    rows = connection.execute(HEADS, {"slug": slug})
    return [Head(row.slug, row.tenant_id, row.seq, row.hash) for row in rows]


def as_text(found: Iterable[Head]) -> str:
    """One line of JSON per head, to be kept where nobody of this deployment can write."""
    return "".join(json.dumps(head.__dict__, sort_keys=True) + "\n" for head in found)


def read_heads(written: str) -> list[Head]:
    """Heads as `as_text` wrote them. Raises ValueError for anything else."""
    return [_head(json.loads(line)) for line in written.splitlines() if line.strip()]


def verify(connection: Connection, slug: str = "", kept: Iterable[Head] = ()) -> list[Verdict]:
    """Recompute the chains of all tenants, or of one, and compare them with heads kept elsewhere."""
    known = {head.tenant_id: head for head in heads(connection, slug)}
    chains = {tenant: _Chain() for tenant in known}
    wanted = {head.tenant_id: head for head in kept}
    streamed = {"stream_results": True}  # a trail may be longer than memory
    for row in connection.execute(EVENTS, {"slug": slug}, execution_options=streamed):
        chain = chains.setdefault(row.tenant_id, _Chain())
        chain.add(dict(row._mapping), wanted.get(row.tenant_id))
    return [
        Verdict(
            known[tenant].slug if tenant in known else f"nº {tenant}",
            chain.seq,
            chain.fault or chain.end(known.get(tenant), wanted.get(tenant)),
        )
        for tenant, chain in chains.items()
    ]


class _Chain:
    """One tenant's events, taken in order."""

    def __init__(self) -> None:
        self.seq = 0
        self.hash = b""
        self.fault = ""
        self.met = False

    def add(self, row: Mapping[str, Any], wanted: Head | None) -> None:
        """Take the next event; the first fault is kept."""
        seq = row["seq"]
        if not self.fault:
            expected = chained(self.hash, row)
            if seq != self.seq + 1:
                self.fault = f"l’événement nº {self.seq + 1} manque"
            elif bytes(row["prev"]) != self.hash:
                self.fault = f"l’événement nº {seq} ne suit pas le précédent"
            elif bytes(row["hash"]) != expected:
                self.fault = f"l’événement nº {seq} a été modifié"
            elif wanted is not None and seq == wanted.seq and expected.hex() != wanted.hash:
                self.fault = f"l’événement nº {seq} n’est plus celui que vous avez gardé"
        if not self.fault:
            self.seq, self.hash = self.seq + 1, bytes(row["hash"])

    def end(self, head: Head | None, wanted: Head | None) -> str:
        """What is wrong with the end of the chain; "" when nothing is."""
        if head is None or (head.seq, head.hash) != (self.seq, self.hash.hex()):
            return f"la fin manque : la chaîne s’arrête au nº {self.seq}"
        if wanted is not None and wanted.seq > self.seq:
            return f"la fin manque : vous avez gardé le nº {wanted.seq}, la chaîne s’arrête au nº {self.seq}"
        return ""


def _head(said: object) -> Head:
    match said:
        case {
            "slug": str(slug), "tenant_id": int(tenant), "seq": int(seq), "hash": str(hash_),
        }:  # fmt: skip
            return Head(slug, tenant, seq, hash_)
    raise ValueError("no head of a chain")


def _field(value: object) -> bytes:
    if value is None:
        return (-1).to_bytes(4, "big", signed=True)
    written = str(value).encode()
    return len(written).to_bytes(4, "big", signed=True) + written
