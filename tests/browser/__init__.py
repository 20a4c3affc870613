"""The product in a real browser: gunicorn, its worker, PostgreSQL and Chromium."""
