"""How often something may be tried."""

from datetime import timedelta

from microcredit.accounts.gate.door import Door


class Limits(Door):
    """Attempts, counted before they are evaluated."""

    def may_attempt(self, slug: str, subject: str, window: timedelta, limit: int) -> bool:
        """Count one attempt about `subject`; False once `limit` were made within `window`."""
        return self._call(
            "SELECT gate.may_attempt(:slug, :subject, :window, :limit)",
            slug=slug, subject=self._digest(subject), window=window, limit=limit,
        )  # fmt: skip

    def forget_attempts(self, slug: str, subject: str) -> None:
        """Forget the attempts about `subject`: the right person is in."""
        self._call(
            "SELECT gate.forget_attempts(:slug, :subject)", slug=slug, subject=self._digest(subject)
        )
