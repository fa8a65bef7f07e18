"""Run what `ckan datastore set-permissions` prints, as the databases' administrator.

Takes POSTGRES_ADMIN_URL, a connection to the DataStore's database; without it nothing
is done, for a site whose database administrator runs that script.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import psycopg2
from ckanext.datastore.cli import permissions_sql


def script(main_url: str, write_url: str, read_url: str) -> str:
    """SQL for the DataStore's database. Connections are URLs of SQLAlchemy."""
    main, write, read = (urlsplit(url) for url in (main_url, write_url, read_url))
    lines = permissions_sql(
        main.path.lstrip("/"),
        write.path.lstrip("/"),
        main.username or "",
        write.username or "",
        read.username or "",
    ).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(r"\connect"))
    return "\n".join(lines[start + 1 :])


def main() -> None:
    """Set the permissions; running it again changes nothing."""
    admin = os.environ.get("POSTGRES_ADMIN_URL")
    if not admin:
        print("POSTGRES_ADMIN_URL is not set: permissions are left as they are")
        return
    connection = psycopg2.connect(admin)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            script(
                os.environ["CKAN_SQLALCHEMY_URL"],
                os.environ["CKAN_DATASTORE_WRITE_URL"],
                os.environ["CKAN_DATASTORE_READ_URL"],
            )
        )
    connection.close()
    print("permissions of the DataStore are set")


if __name__ == "__main__":
    main()
