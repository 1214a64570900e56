"""Alembic migrations, part of the package so that an installed wheel has them."""
