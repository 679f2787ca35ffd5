"""Word lists, written as they are read."""


def wordlist(words: str) -> frozenset[str]:
    """The words of a string: `wordlist("ul ol")` is `frozenset({"ul", "ol"})`."""
    return frozenset(words.split())
