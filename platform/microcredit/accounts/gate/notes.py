"""What is written apart from any act: events that no rollback takes back, letters without a session."""

import json

from microcredit.accounts.gate.door import Door
from microcredit.kernel import mail
from microcredit.kernel.tenancy import Identity
from microcredit.kernel.vault import Vault


class Notes(Door):
    """The trail and the mail of what happens without a session."""

    def record(self, slug: str, account_id: int | None, act: str, subject: str) -> None:
        """Write to the trail apart from any act, so that no rollback takes it back."""
        self._record(slug, account_id, None, act, subject)

    def record_refusal(self, identity: Identity, act: str, subject: str) -> None:
        """Write that somebody was refused something."""
        self._record(
            identity.slug, identity.account_id, identity.membership_id, f"refused:{act}", subject
        )

    def post_mail(self, slug: str, vault: Vault, letter: mail.Letter) -> None:
        """Queue a letter apart from any session: a reset, an invitation."""
        message, sealed = mail.seal(vault, letter)
        self._call(
            "SELECT gate.post_mail(:slug, :message, :sealed)",
            slug=slug, message=message, sealed=sealed,
        )  # fmt: skip

    def _record(
        self, slug: str, account: int | None, membership: int | None, act: str, subject: str
    ) -> None:
        self._call(
            "SELECT gate.record(:slug, :account, :membership, :act, :subject, CAST(:detail AS jsonb))",
            slug=slug, account=account, membership=membership, act=act, subject=subject[:200],
            detail=json.dumps({}),
        )  # fmt: skip
