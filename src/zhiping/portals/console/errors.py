"""Refusals of the command line."""

from zhiping.kernel.errors import DomainError


class PortBusyError(DomainError):
    """Another program listens on the port."""

    code = "console.port_busy"


class AlreadyServingError(DomainError):
    """This checkout is being served already."""

    code = "console.already_serving"


class ChildEndedError(DomainError):
    """A process that belongs to the service ended by itself."""

    code = "console.child_ended"


class NotHealthyError(DomainError):
    """The service did not answer its health question in time."""

    code = "console.not_healthy"


class BrowserMissingError(DomainError):
    """No Chromium that starts was found."""

    code = "console.browser_missing"
