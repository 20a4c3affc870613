"""What each domain stands on and that knows no domain: database, tenancy, permissions, errors, schemas, audit, jobs, vault, clock."""
