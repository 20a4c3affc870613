"""The synthetic demo tenants, built by the product's own acts."""
