"""Walks routes as somebody, with the ids of four pools, and judges each answer.

The pools: one's own, another place of the same tenant, another tenant, and ids that nobody has.
"""

import io
import re
from collections import Counter
from dataclasses import dataclass, field

from pypdf import PdfReader
from tests.cast import Cast, Person
from tests.integration.isolation.connections import Connection, value
from tests.integration.isolation.forms import Place, Typed, places
from tests.integration.isolation.plausible import Route
from werkzeug.test import TestResponse

from microcredit.kernel.permissions import Role

#: Which places each person reaches, written down apart from the product's own table.
REACH = {
    "nadia": "alpha beta", "yves": "alpha beta", "farid": "alpha", "bea": "beta", "diane": "alpha",
    "denis": "beta", "carole": "alpha beta", "elie": "", "boris": "alpha", "bella": "beta", "tania": "",
    "fanny": "", "delphine": "", "manon": "alpha", "mathis": "", "melanie": "gamma",
    "lucie": "gamma", "flora": "gamma", "dora": "gamma", "colin": "gamma", "elsa": "", "basil": "gamma",
    "theo": "",
}  # fmt: skip

#: Whose pages never name a person.
NAMELESS = frozenset(
    {Role.COORDINATOR, Role.ELECTED_MEMBER, Role.FUNDER_VIEWER, Role.TENANT_ADMIN, Role.DPO}
)

#: What nobody of the other tenant may read, besides the canaries.
INSIDE = {
    "north": ("CCAS Alpha", "CCAS Beta", "Banque Une", "Banque Deux", "Condé-sur-l’Escaut"),
    "south": (
        "CCAS Gamma",
        "Banque du Sud",
        "1\u202f517,17",
        "1 517,17",
        "Vieux-Condé",
        "Flora",
        "Lucie",
    ),
}

KEY = re.compile(r'name="_key" value="[^"]*"')
CHECKSUMS = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE a.attname = 'tenant_id' AND c.relkind = 'r'
      AND c.relnamespace = ANY (ARRAY['app', 'gate']::regnamespace[]) ORDER BY 1"""

JOBS = """
    SELECT md5(string_agg(args::text, '|' ORDER BY id)) FROM queue.procrastinate_jobs
    WHERE args ->> 'tenant' = %s"""


def read_over(answer: TestResponse) -> str:
    """What an answer says, a document's pages included."""
    if answer.mimetype != "application/pdf":
        return answer.text
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "\n".join(page.extract_text() for page in pages)


@dataclass
class Walker:
    """The grounds to walk on, and the count of what was tried."""

    cast: Cast
    owner: Connection
    grounds: dict[str, Place] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    twins: Counter[str] = field(default_factory=Counter)
    refusals: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.grounds = places(self.cast, self.owner)

    def reaches(self, person: Person, place: Place) -> bool:
        """Whether the cases of a place are within somebody's scope."""
        return place.name in REACH[person.name].split()

    def ask(self, person: Person, route: Route, path: str, typed: Typed) -> TestResponse:
        """One request with a valid key and a plausible form; no answer may say what is not hers."""
        reading = route.method == "GET"
        answer = person.get(path, query_string=typed) if reading else person.post(path, typed)
        if answer.status_code in (403, 404):
            self.refusals[person.account_id] += 1
        leak = self.leaks(person, answer)
        assert not leak, (person.name, route.key, path, leak)
        return answer

    def leaks(self, person: Person, answer: TestResponse) -> list[str]:
        """Which words of places beyond reach stand in the body or the headers."""
        said = read_over(answer) + str(answer.headers)
        beyond = [p.canary for p in self.grounds.values() if not self.reaches(person, p)]
        if person.role in NAMELESS:
            beyond = [place.canary for place in self.grounds.values()]
        for slug, words in INSIDE.items():
            if slug != person.slug:
                beyond += words
        return [word for word in beyond if word in said]

    def refused(
        self, person: Person, route: Route, path: str, typed: Typed, status: int, *ids: object
    ) -> str:
        """An attempt: it must be refused with this status; what the answer says, ids masked."""
        answer = self.ask(person, route, path, typed)
        assert answer.status_code == status, (person.name, route.key, path, answer.status_code)
        self.attempts[route.key] += 1
        return masked(answer, *ids)

    def succeeds(self, person: Person, route: Route, path: str, typed: Typed, *proofs: str) -> None:
        """A twin: the right person gets through, and the answer holds each proof of it."""
        answer = self.ask(person, route, path, typed)
        assert answer.status_code == route.answer, (
            person.name,
            route.key,
            path,
            answer.status_code,
        )
        said = read_over(answer) + (answer.location or "")
        missing = [proof for proof in proofs if proof not in said]
        assert not missing, (person.name, route.key, path, missing)
        self.twins[route.key] += 1

    def count(self) -> tuple[int, int]:
        """(attempts, twins), of the routes that have both: an attempt without twin does not count."""
        both = set(self.attempts) & set(self.twins)
        return sum(self.attempts[key] for key in both), sum(self.twins[key] for key in both)

    def checksums(self, slug: str) -> dict[str, str | None]:
        """What every table holds of a tenant, and its jobs."""
        tenant = value(self.owner, "SELECT id FROM tenancy.tenant WHERE slug = %s", slug)
        found = {}
        for (table,) in self.owner.execute(CHECKSUMS).fetchall():
            summed = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t WHERE tenant_id = %s"
            found[table] = value(self.owner, summed, tenant)
        found["queue"] = value(self.owner, JOBS, str(tenant))
        return found

    def recorded(self, people: list[Person]) -> dict[int, int]:
        """How many refusals the trail holds of each."""
        rows = self.owner.execute(
            "SELECT account_id, count(*) FROM app.audit_event"
            " WHERE act LIKE 'refused:%%' AND membership_id IS NOT NULL AND account_id = ANY (%s)"
            " GROUP BY account_id",
            ([person.account_id for person in people],),
        ).fetchall()
        counts = {person.account_id: 0 for person in people}
        return {**counts, **dict(rows)}


def masked(answer: TestResponse, *ids: object) -> str:
    """The whole answer but what differs from one request to the next: keys and the ids asked for."""
    headers = [f"{name}: {text}" for name, text in answer.headers if name != "Content-Length"]
    said = "\n".join([answer.status, *headers, KEY.sub("key", answer.text)])
    for one in ids:
        said = said.replace(str(one), "…")
    return said
