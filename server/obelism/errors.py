"""The exceptions of Obelism, as a tree.

ObelismError
├── BadInput            what came in cannot be used; the message names it and the next step
│   ├── NotAnArticle    a page without readable article text
│   ├── PageTooLarge    a page over a size, nesting or count limit
│   └── BadClaim        a claim record that cannot be stored; named by file and line where known
├── NotFound            no such claim
└── Unavailable         the store or a source cannot be reached just now
"""


class ObelismError(Exception):
    """Base of all errors that Obelism raises on purpose; `str(error)` is fit to show."""


class BadInput(ObelismError):
    """What came in cannot be used."""


class NotAnArticle(BadInput):
    """The page holds no readable article text."""


class PageTooLarge(BadInput):
    """The page is over a limit that protects the service."""


class BadClaim(BadInput):
    """A claim record cannot be stored."""


class NotFound(ObelismError):
    """Nothing is stored under that name."""


class Unavailable(ObelismError):
    """Something outside this process does not answer; trying again later may help."""
