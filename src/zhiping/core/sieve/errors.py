"""Refusals of the sieve: codes and facts; the sentences are in `messages`."""

from typing import ClassVar

from zhiping.kernel.errors import DomainError


class SieveError(DomainError):
    """Root of everything the sieve refuses."""

    code: ClassVar[str] = "sieve.refused"


class FolderUnknownError(SieveError):
    """The folder to be screened is not there or holds none of the tables."""

    code = "sieve.folder_unknown"


class SnapshotChangedError(SieveError):
    """A file of the snapshot changed while it was being screened."""

    code = "sieve.snapshot_changed"


class SuppliedTableBrokenError(SieveError):
    """A table that the platform itself supplies breaks the contract."""

    code = "sieve.supplied_table_broken"


class ParameterUnusableError(SieveError):
    """A parameter's value is no whole number, or two rows of one place are in force on one day."""

    code = "sieve.parameter_unusable"


class ScreensBrokenError(SieveError):
    """One or more screens cannot be loaded; `problems` holds them all."""

    code = "sieve.screens_broken"


class ScreenUnknownError(SieveError):
    """A screen was asked for that the folder of screens does not hold."""

    code = "sieve.screen_unknown"


class ScreenMisbehavedError(SieveError):
    """A screen gave a row twice, a row without its key, or a reason that it does not declare."""

    code = "sieve.screen_misbehaved"


class TruthUnreadableError(SieveError):
    """The file with the truth lacks its columns or cannot be read."""

    code = "sieve.truth_unreadable"


class FindingsUnreadableError(SieveError):
    """The folder holds no findings of a finished run."""

    code = "sieve.findings_unreadable"


class OutputUnwritableError(SieveError):
    """The report could not be written."""

    code = "sieve.output_unwritable"


class EngineFailedError(SieveError):
    """The engine gave up on a screen: out of memory or disk, or a damaged file."""

    code = "sieve.engine_failed"
