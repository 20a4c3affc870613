"""Plateforme Microcrédit: accompanied personal microcredit, run together by French social-action centres."""
