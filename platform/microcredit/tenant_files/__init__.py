"""Tenants as files: what a grouping is at first, written in TOML by and for people; no act of the trade."""

from microcredit.tenant_files.creation import Tenant, list_tenants, sync
from microcredit.tenant_files.reading import Fault, FolderUnusable, check
from microcredit.tenant_files.writing import Choices, FileRefused, new

__all__ = [
    "Choices",
    "Fault",
    "FileRefused",
    "FolderUnusable",
    "Tenant",
    "check",
    "list_tenants",
    "new",
    "sync",
]
