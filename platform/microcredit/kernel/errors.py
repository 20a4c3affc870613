"""Refusals of the trade: each says in French what is wrong and what to do."""


class DomainError(Exception):
    """An act that the rules refuse. `str(error)` is the sentence that a person reads."""

    status = 409
    message = "Cet acte n’est pas possible."
    #: Above that sentence on a page of its own; "" for the title of its status.
    title = ""

    def __init__(self, message: str = "", *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message or self.message)
        self.fields = fields or {}


class NotFound(DomainError):
    """It does not exist, or not for this person: the two answers are the same on purpose."""

    status = 404
    message = "Ce dossier n’existe pas ou n’est pas dans votre périmètre."


class Forbidden(DomainError):
    """The active role has no right to this page."""

    status = 403
    message = "Cette page n’est pas ouverte à votre rôle actuel."


class Stale(DomainError):
    """Somebody else changed it in the meantime; `differences` are (label, theirs, yours)."""

    message = "Ce dossier a été modifié entre-temps. Comparez avant d’enregistrer."

    def __init__(self, message: str, differences: list[tuple[str, str, str]]) -> None:
        super().__init__(message)
        self.differences = differences
