"""Ending accesses, naming who manages them, reading them over."""

from microcredit.accounts.gate import Gate
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.tenancy import Identity


class NotEnded(DomainError):
    """The access cannot end like this."""

    status = 409


class NoSuccessor(DomainError):
    """Open work must go to somebody who can do it."""

    status = 422


ENDED = {
    "self": "On ne ferme pas son propre accès : demandez à une autre personne de le faire.",
    "last": "C’est la dernière administratrice du territoire : invitez-en une autre d’abord.",
}
NAMED = {
    "self": "On ne change pas ses propres accès : demandez à une autre administratrice.",
    "role": "Une personne de ce rôle ne peut pas gérer les accès.",
}


def end_access(
    gate: Gate, identity: Identity, token: str, membership: int, successor: int | None
) -> None:
    """End an access at once; open work goes to `successor`. Raises NotFound, NotEnded, NoSuccessor."""
    outcome = gate.end_membership(identity.slug, token, membership, successor)
    if outcome == "unknown":
        raise NotFound("Cet accès n’existe pas, n’est pas le vôtre, ou est déjà fermé.")
    if outcome == "hand_over":
        raise NoSuccessor(fields={"successor": "Dites qui reprend ce qui attend."})
    if outcome != "ended":
        raise NotEnded(ENDED[outcome])


def name_manager(
    gate: Gate, identity: Identity, token: str, membership: int, *, manages: bool
) -> None:
    """Say whether a member manages the accesses of her organisation. Raises NotFound, NotEnded."""
    outcome = gate.set_manager(identity.slug, token, membership, manages=manages)
    if outcome == "unknown":
        raise NotFound("Cet accès n’existe pas ou n’est pas le vôtre.")
    if outcome != "done":
        raise NotEnded(NAMED[outcome])


def note_review(gate: Gate, identity: Identity, token: str, organisation: int) -> None:
    """Note that the accesses of an organisation were read over. Raises NotFound."""
    if not gate.review_accesses(identity.slug, token, organisation):
        raise NotFound("Cet organisme n’existe pas ou n’est pas le vôtre.")
