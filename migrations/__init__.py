"""Numbered changes of the database, applied in order by `microcredit migrate`; never edited once landed."""
