"""Errors that a view may turn into an answer; everything else is a fault with an id."""


class NotFoundError(Exception):
    """No such record, or none that this person may know of."""


class RefusedError(Exception):
    """The act is well formed but not allowed; the message is safe to show."""


class TooManyError(Exception):
    """Something was tried too often; the door answers with a 429."""


class UnavailableError(Exception):
    """A part that is needed is not set up or not reachable: the door closes with a 503."""
