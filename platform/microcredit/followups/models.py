"""The evaluation of a loan once it is settled."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from microcredit.kernel.database import Base, OwnedByTenant, Reference, refers_to


class Evaluation(OwnedByTenant, Base):
    """What a loan changed, in a few answers: « bilan ». Not `reached`: three calls without answer."""

    __tablename__ = "evaluation"
    __table_args__ = (refers_to("loan", "loan_id"), refers_to("account", "account_id"))

    loan_id: Mapped[Reference] = mapped_column(primary_key=True)
    on_date: Mapped[date]
    account_id: Mapped[Reference]
    reached: Mapped[bool]
    project_realised: Mapped[str | None]
    still_used: Mapped[bool | None]
    employment: Mapped[str | None]
    income_change: Mapped[str | None]
    budget_feeling: Mapped[int | None]
    bank_relation: Mapped[str | None]
    help_useful: Mapped[int | None]
    would_recommend: Mapped[bool | None]
    new_project: Mapped[bool | None]
    comment: Mapped[bytes | None]
