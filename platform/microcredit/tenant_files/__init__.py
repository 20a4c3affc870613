"""Tenants as files: what a grouping is at first, written in TOML by and for people; no act of the trade."""

from microcredit.tenant_files.creation import Tenant, list_tenants, sync
from microcredit.tenant_files.reading import Fault, FolderUnusable, check

__all__ = ["Fault", "FolderUnusable", "Tenant", "check", "list_tenants", "sync"]
