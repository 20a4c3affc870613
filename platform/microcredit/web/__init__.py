"""The HTTP toolkit, which knows no domain: hosts, guard, forms, errors, headers, formatting, charts."""
