"""The roles of a server: who owns the tables, and who may only use them.

Row-level security does not bind superusers, nor owners unless forced. So the application works as
`zhiping_app`, which owns nothing, and migrations run as `zhiping_owner`.
"""

from typing import LiteralString

import psycopg
from psycopg import sql

OWNER = "zhiping_owner"
APP = "zhiping_app"

_TEMPLATE = "template1"

_GRANTS: tuple[LiteralString, ...] = (
    "GRANT USAGE ON SCHEMA public TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
)


def ensure_roles(admin_url: str, *, owner_password: str, app_password: str) -> None:
    """Have both roles with these passwords.

    Default privileges are set in the template too, so every database made later, those of tests
    included, gives the application what it needs and no more.
    """
    with psycopg.connect(admin_url, autocommit=True, dbname=_TEMPLATE) as connection:
        for role, password, extra in ((OWNER, owner_password, "CREATEDB"), (APP, app_password, "NOCREATEDB")):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            if known is None:
                statement = sql.SQL(
                    "CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS {extra} PASSWORD {password}"
                )
                connection.execute(
                    statement.format(
                        role=sql.Identifier(role), extra=sql.SQL(extra), password=sql.Literal(password)
                    )
                )
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
        # The owner may become the application, so that tests and jobs run behind the same wall.
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))
        _grant(connection, owner=OWNER)


def ensure_own_database(admin_url: str, name: str) -> bool:
    """Have a database of that name, owned by the owner's role; tell whether this call made it."""
    with psycopg.connect(admin_url, autocommit=True, dbname="postgres") as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is not None:
            return False
        statement = sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE template1")
        connection.execute(statement.format(name=sql.Identifier(name), owner=sql.Identifier(OWNER)))
        return True


def app_role_statements() -> list[str]:
    """Return what an administrator of a named server runs to have the application role."""
    return [f"CREATE ROLE {APP} NOSUPERUSER NOBYPASSRLS", f"GRANT {APP} TO CURRENT_USER"]


def ensure_app_role(connection: psycopg.Connection) -> None:
    """Have the application role on a named server, and the right to become it.

    No login of its own: the connection becomes the role as it opens, whatever way it signs in.

    Raises:
        psycopg.Error: the given role may not do that.
    """
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(APP)))
    may_become = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [APP]).fetchone()
    if may_become is None or not may_become[0]:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP)))
    (owner,) = connection.execute("SELECT current_user").fetchone() or ("",)
    _grant(connection, owner=owner)


def _grant(connection: psycopg.Connection, *, owner: str) -> None:
    names = {"owner": sql.Identifier(owner), "app": sql.Identifier(APP)}
    for statement in _GRANTS:
        connection.execute(sql.SQL(statement).format(**names))
