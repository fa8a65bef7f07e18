"""Migrations of the portal's own tables, run by `ckan db upgrade`."""

from __future__ import annotations

import os
from logging.config import fileConfig

from alembic import context
from ckan.model.meta import metadata
from sqlalchemy import engine_from_config, pool

config = context.config
fileConfig(config.config_file_name, disable_existing_loggers=False)
NAME = os.path.basename(os.path.dirname(__file__))


def _ours(item: object, name: str, kind: str, reflected: bool, other: object) -> bool:
    return kind != "table" or name.startswith(NAME)


def _configure(**options: object) -> None:
    context.configure(
        target_metadata=metadata,
        version_table=f"{NAME}_alembic_version",
        include_object=_ours,
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    _configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True)
else:
    engine = engine_from_config(
        config.get_section(config.config_ini_section),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        _configure(connection=connection)
