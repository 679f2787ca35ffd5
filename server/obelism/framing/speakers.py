"""Who speaks in a sentence: the page's own words for the person or organisation.

A shallow reading: the noun phrase before a verb of speech or denial, after it where the verb comes first
("said Dilys Moran", "accuse la maire"), after "according to", before a headline's colon, or after its dash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from obelism.framing.cues import Cue, cues_in
from obelism.framing.rules import continues_quotation
from obelism.model import Framing
from obelism.text import fold_with_map

Mapped = tuple[str, list[int]]
REACH = 200  # characters read on each side of a cue, so that a hostile sentence costs linear time
MAX_CUES = 12
MAX_WORDS = 9  # a longer stretch is not a name but a clause that was read wrongly


def speaker_of(
    text: str,
    mapped: Mapped,
    cues: Sequence[Cue],
    framing: Framing,
    language: str,
    context: Sequence[str] = (),
) -> str | None:
    """The words of `text` for whoever states or denies; a pronoun is looked up in `context`; or None.

    `mapped` is `fold_with_map(text)`, `cues` are those of the folded text.
    """
    folded, offsets = mapped
    for kind in _ORDER[framing]:
        for cue in [cue for cue in cues if cue.kind == kind][:MAX_CUES]:
            if _IMPERSONAL.match(folded, cue.start):
                continue
            name = _around(text, cue, offsets)
            if name and _PRONOUN.fullmatch(name):
                return _before(context, language)
            if name and not _NOBODY.match(name):
                return _person(name)
    return _in_headline(text) or (_before(context, language) if continues_quotation(context) else None)


def _before(context: Sequence[str], language: str) -> str | None:
    """Whoever spoke last in the sentences before, a denial included."""
    for text in reversed(context):
        mapped = fold_with_map(text)
        cues = cues_in(mapped[0], language)
        for framing in _SPOKEN:
            if name := speaker_of(text, mapped, cues, framing, language):
                return name
    return None


def _around(text: str, cue: Cue, offsets: list[int]) -> str | None:
    start, end = offsets[cue.start], offsets[cue.end - 1] + 1
    if inverted := _INVERTED.match(text, end):
        return inverted.group(1)
    head, rest = text[max(0, start - REACH) : start], _DAY.sub("", text[end : end + REACH])
    after = _phrase(_STOP_AFTER.split(rest.lstrip(), maxsplit=1)[0])
    if cue.kind == "accord":
        return _named(rest, after)
    before = _subject(head)
    if before or cue.kind not in ("say", "deny", "hedge"):
        return before
    return _named(rest, after) if _VERB_FIRST.search(head) else None


def _named(rest: str, phrase: str | None) -> str | None:
    """In "la présidente des pêcheurs, Odile Ferrand": the name."""
    apposition = _APPOSITION.match(rest[len(phrase) :].lstrip()) if phrase and rest.strip() else None
    found = _APPOSITION.search(rest) if apposition is None else apposition
    if phrase and found and rest[: found.start()].strip() == phrase:
        return found.group(1)
    return phrase


def _subject(before: str) -> str | None:
    """The noun phrase at the end of `before`, auxiliaries and an apposition between commas left out."""
    bare = _AUXILIARY.sub("", before).rstrip()
    if bare.endswith(",") and (found := _BETWEEN_COMMAS.search(bare)):
        bare = bare[: found.start()]
    return _phrase(_STOP_BEFORE.split(bare)[-1])


def _phrase(words: str) -> str | None:
    phrase = _LEAD.sub("", words.strip(" \u00a0\u202f,\"'“”«»‘’—–-")).strip()
    if _PRONOUN.fullmatch(phrase):
        return phrase
    if not phrase or len(phrase.split()) > MAX_WORDS or not _NOUN.match(phrase) or _BROKEN.search(phrase):
        return None
    return phrase


def _person(phrase: str) -> str:
    """ "Le chef cuisinier Paul Ortega" is "Paul Ortega"; "L'assureur Prévia" stays."""
    found = _TITLED.match(phrase)
    return (found.group(1) if found else phrase).rstrip(".")


def _in_headline(text: str) -> str | None:
    found = _DASH.search(text) or _COLON.match(text)
    return found.group(1).strip() if found else None


_ORDER: dict[Framing, tuple[str, ...]] = {
    "asserted": (),
    "attributed": ("accord", "nondenial", "say", "hedge"),
    "denied": ("deny", "accord", "say", "nondenial"),
    "questioned": ("open", "accord", "say", "nondenial"),
}
_SPOKEN: tuple[Framing, ...] = ("denied", "attributed")
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'.-]*"
# Hedges that name nobody: their subject is the one spoken of, not the one who speaks.
_IMPERSONAL = re.compile(
    r"\w+ly\b|(?:said|thought|believed|understood|rumou?red|alleged|claimed|reported) to\b|(?:accus|suspect)ed of"
    r"|(?:soupçonn|suspect|présum|accus)ée?s?\b|censé|réputé"
)
_PRONOUN = re.compile(
    r"(?i)(?:\w+-)?(?:t-)?(?:il|elle)s?|eux|lui|he|him|she|they|them|it|i|we|ce dernier|cette dernière"
    r"|celui-ci|celle-ci|the latter"
)
_INVERTED = re.compile(r"-(?:t-)?((?:il|elle)s?)\b")  # "assure-t-il"
_NOBODY = re.compile(
    r"(?i)(?:there|it|this|that|these|what|which|who|nobody|no one|no|none|few|nul|nulle|personne|aucun\w*|"
    r"on|ce|cela|y|resident|speaker|word|le \d|c['’]|rien|nothing|whether|rumou?rs?|(?:une|la|des) rumeurs?|lequel)\b"
)
# A noun phrase begins with a capital, a handle, a figure or a determiner.
_NOUN = re.compile(
    rf"(?:{_CAPITAL}|@\w|\d|(?:the|a|an|his|her|its|their|some|several|many|two|three|four|officials?|sources?|police"
    r"|experts?|scientists|researchers|le|la|les|un|une|des|du|son|sa|ses|leurs?|plusieurs|certains|deux|trois|[a-z]{3,}s)\b"
    r"|l['’]|(?:[a-zà-ÿ-]+\s){1,3}[A-ZÀ-ÖØ-Þ])"
)
# Pieces of a clause, not names.
_BROKEN = re.compile(r"(?i:^(?:sans|sur|dans|après)\b)|\s(?:in|the|a|and|but|without|amid)$")
_AUXILIARY = re.compile(
    r"(?:\s+|(?<=['’]))(?:(?:has|have|had|is|are|was|were|did|does|do|will|would|also|later|again|now|then|not|never|"
    r"\w+ly|a|ont|avait|avaient|est|sont|aussi|également|toujours|ne|n['’]|s['’]|se|l['’]|le|la|les|en|y|"
    r"\w+ment|lui|itself|himself|herself|since|already|always|long|déjà|depuis|aussitôt|pourtant|encore|bien|dit|"
    r"fait|tient à|quant à (?:lui|elle)|elle aussi|lui aussi)(?:\s+|$)|n['’]|l['’]|s['’])+$"
)
_BETWEEN_COMMAS = re.compile(r",[^,\"“”«»]+,$")
# The full stop of "M. Dupont", "John D. Smith", "U.S. officials" or "Dr. Smith" ends nothing.
_FULL_STOP = (
    r"(?<!\b[A-ZÀ-Ý])(?<!Mr)(?<!Ms)(?<!Mrs)(?<!Dr)(?<!Jr)(?<!Sr)(?<!St)(?<!Sen)(?<!Rep)(?<!Gov)(?<!Gen)(?<!Prof)"
    r"\.(?:\s+|$)"
)
_STOP_BEFORE = re.compile(
    r"[,;:!?()\"“”«»—–]\s*|"
    + _FULL_STOP
    + r"|(?<!\w)(?:that|which|but|and|as|when|while|because|though|although|after|before|posting as|"
    r"que|mais|et|comme|alors que|lorsque|quand|car|puis|si|whether|if|où|dont)\s+|(?<!\w)qu['’]"
)
_STOP_AFTER = re.compile(
    r"\s*(?:[,;:!?()\"“”«»—–]|"
    + _FULL_STOP
    + r"|(?<!\w)(?:who|whose|that|which|on|in|to|at|when|after|before|during|through|as|"
    r"had|has|have|was|were|is|are|did|said|whether|because|and told|qui|que|dont|lors|dans|sur|"
    r"devant|ont|avait|est|sont|aurait|auraient|serait|seraient|doit|avec|après|en|lequel)(?!\w)"
    r"|(?<!\w)qu['’])"
)
_VERB_FIRST = re.compile(r"(?:[\"“”«»’'?!,]|\s[—–-])\s*(?:(?:a|ont|avait|have|has)\s+)?$")
_LEAD = re.compile(
    r"^(?:(?:on|in|last|this|late|early|since|by)\s+(?:\w+\s+)?(?:monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|week|month|year|night|evening|morning)\s+|(?:however|meanwhile|yet|but|still|mais|or|pourtant|cependant)\s+)",
    re.IGNORECASE,
)
# The day, the place and the paper between a verb and its subject: "a déclaré mardi à l'AFP Jean Dupont".
_DAY = re.compile(
    r"^(?:\s*(?:(?:ce\s+)?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier)(?:\s+(?:matin|midi|soir))?"
    r"|(?:à l['’]|au |sur |auprès de (?:l['’])?)(?:France |Europe )?[A-ZÀ-Ý][\w.-]*"
    r"|dans un (?:communiqué|entretien|tweet)|on \w+day|\w+day)(?=\s))+\s*"
)
_APPOSITION = re.compile(rf",\s+((?:{_CAPITAL}\s?){{2,4}})(?=[,.;:!?]|$)")
_TITLED = re.compile(
    rf"(?:[\w’']+\s+)*?(?!(?:at|of|in|from|for|with|de|du|des|à|au|the|le|la|les)\s)[a-zà-ÿ’'-]+\s+({_CAPITAL}\s+{_CAPITAL}(?:\s+{_CAPITAL})?)$"
)
_DASH = re.compile(
    rf"\s[–—-]\s((?:(?:le|la|les|the)\s|l['’])?{_CAPITAL}(?:\s+[\w’'.-]+){{0,3}}|ministre|minister|police)$"
)
_COLON = re.compile(rf"((?:(?:le|la|les|the)\s)?{_CAPITAL}(?:\s+{_CAPITAL}){{0,3}})\s?:\s")
