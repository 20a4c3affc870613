"""What each domain stands on and that knows no domain: database, tenancy, permissions, audit, jobs, clock."""
