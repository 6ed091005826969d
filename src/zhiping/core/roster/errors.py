"""Refusals of a whole file: nothing in it could be read safely as the sheet that was asked for."""

from zhiping.kernel.errors import DomainError


class RosterFileError(DomainError):
    """The file as a whole is refused (文件不能读取)."""

    code = "roster.file_refused"


class FileEmptyError(RosterFileError):
    """The file has no bytes, or no row under its header."""

    code = "roster.file_empty"


class FileTooLargeError(RosterFileError):
    """The file is larger, packed or unpacked, than a roster can be."""

    code = "roster.file_too_large"


class TooManyRowsError(RosterFileError):
    """A cell stands further down than rows are allowed."""

    code = "roster.too_many_rows"


class TooManyColumnsError(RosterFileError):
    """A cell stands further right than columns are allowed."""

    code = "roster.too_many_columns"


class FileKindError(RosterFileError):
    """The content is neither .xlsx nor delimited text, whatever its name says."""

    code = "roster.file_kind"


class OldWorkbookError(RosterFileError):
    """The file is in the binary format of before 2007 (.xls, .et)."""

    code = "roster.old_workbook"


class EncryptedFileError(RosterFileError):
    """The file opens only with a password."""

    code = "roster.encrypted"


class MacroFileError(RosterFileError):
    """The workbook carries macros (.xlsm, macro sheets)."""

    code = "roster.macro"


class DamagedFileError(RosterFileError):
    """The file says it is a workbook or text, and cannot be read as one."""

    code = "roster.damaged"


class HeaderNotFoundError(RosterFileError):
    """No row among the first ones looks like the header (表头)."""

    code = "roster.header_not_found"


class HeaderRefusedError(RosterFileError):
    """The header row lacks columns that are needed, or has one of them twice."""

    code = "roster.header_refused"
