"""What the look-up process refuses."""

from zhiping.kernel.errors import DomainError


class AddressTakenError(DomainError):
    """The address to listen on cannot be had."""

    code = "lookup.address_taken"
