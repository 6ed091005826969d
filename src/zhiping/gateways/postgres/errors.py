"""Refusals of the launcher."""

from zhiping.kernel.errors import DomainError


class BinariesMissingError(DomainError):
    """No server binaries of a sufficient version were found and none could be installed."""

    code = "postgres.binaries_missing"


class SourceUnknownError(DomainError):
    """`ZHIPING_POSTGRES_SOURCE` names a source that does not exist."""

    code = "postgres.source_unknown"


class ServerTooOldError(DomainError):
    """The server named by the environment is older than the floor."""

    code = "postgres.server_too_old"


class ServerUnreachableError(DomainError):
    """The server named by the environment does not let us in."""

    code = "postgres.server_unreachable"


class AppRoleMissingError(DomainError):
    """The named server has no application role and the given role may not make one."""

    code = "postgres.app_role_missing"


class ServerUserMissingError(DomainError):
    """The server must not run as root, and no unprivileged user was found."""

    code = "postgres.server_user_missing"


class ServerCommandError(DomainError):
    """A command of the server failed; carries the end of what it said."""

    code = "postgres.command_failed"


class ServerNotReadyError(DomainError):
    """The server was started and did not become ready in time."""

    code = "postgres.not_ready"
