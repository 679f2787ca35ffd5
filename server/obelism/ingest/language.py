"""The language of a short text that comes without one: by its script, its small words, its address."""

from __future__ import annotations

import re
from collections import Counter
from unicodedata import name
from urllib.parse import urlsplit

from obelism.text import words

_SCRIPTS = {
    "BENGALI": "bn", "DEVANAGARI": "hi", "TAMIL": "ta", "TELUGU": "te", "MALAYALAM": "ml",
    "KANNADA": "kn", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or", "SINHALA": "si",
    "THAI": "th", "LAO": "lo", "MYANMAR": "my", "KHMER": "km", "HANGUL": "ko", "HIRAGANA": "ja",
    "KATAKANA": "ja", "GREEK": "el", "HEBREW": "he", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "ETHIOPIC": "am", "CJK": "zh", "ARABIC": "ar", "CYRILLIC": "ru",
}  # fmt: skip

_SMALL_WORDS = {
    "en": "the of and to in that is was for it with as on by at from are be has have this not his their were an"
    " who will after over about no",
    "fr": "le la les des du et une en que qui dans pour au aux par sur est ce cette il ne pas avec son sa ses ont"
    " été sont l d un n qu",
    "de": "der die das und den von zu mit ist im nicht des auf für ein eine dem sich auch als wird wurde hat"
    " sind bei nach kein keine",
    "es": "el los las del y en que una un por con para se su es como más al sus ha no fue",
    "it": "il di che della e per una un del non è con sono dei nel alla gli anche ha si delle la i",
    "pt": "o os da do das dos e em que uma um para com não por na no se ao foi as são é",
    "nl": "de het een van en in dat is op te voor met zijn niet die aan er ook bij wordt werd geen",
    "pl": "w na z do że się nie i o jest to po od przez dla oraz ma są był w",
    "tr": "ve bir bu için ile olduğu iddiası da de olarak daha çok değil olan gibi ne",
    "id": "yang di dan dari untuk dengan ini itu tidak pada adalah akan ke dalam oleh",
    "ro": "și în de la cu pe nu este a fost din care pentru că o mai sunt prin",
    "cs": "a v na se je že z s do to o by jsou po byl pro jako nebo není",
    "sv": "och i att det som en på är av för med till den har inte ett om var",
    "ca": "el la els les del i en que una un per amb no és ha dels al són",
}
_WORDS = {language: frozenset(listed.split()) for language, listed in _SMALL_WORDS.items()}
_NAMES = {
    "ar": "arabic arabe العربية", "bn": "bengali bangla বাংলা", "ca": "catalan català", "cs": "czech tchèque čeština",
    "da": "danish dansk", "de": "german allemand deutsch", "el": "greek ελληνικά", "en": "english anglais inglés",
    "es": "spanish espagnol español", "fa": "persian farsi فارسی", "fi": "finnish suomi", "fr": "french français",
    "he": "hebrew עברית", "hi": "hindi हिन्दी", "hr": "croatian hrvatski", "hu": "hungarian magyar",
    "id": "indonesian", "it": "italian italien italiano", "ja": "japanese 日本語", "ko": "korean 한국어",
    "mr": "marathi", "ms": "malay", "nl": "dutch néerlandais nederlands", "no": "norwegian norsk",
    "pl": "polish polonais polski", "pt": "portuguese portugais português", "ro": "romanian română",
    "ru": "russian russe русский", "sr": "serbian srpski", "sv": "swedish svenska", "ta": "tamil", "te": "telugu",
    "th": "thai ไทย", "tr": "turkish turc türkçe", "uk": "ukrainian українська", "ur": "urdu اردو",
    "vi": "vietnamese", "zh": "chinese chinois 中文",
}  # fmt: skip
_NAMED = {name: language for language, names in _NAMES.items() for name in names.split()}
_COUNTRIES = {
    "fr": "fr", "de": "de", "at": "de", "es": "es", "mx": "es", "ar": "es", "co": "es", "cl": "es",
    "it": "it", "br": "pt", "pt": "pt", "nl": "nl", "pl": "pl", "tr": "tr", "id": "id", "ro": "ro",
    "cz": "cs", "se": "sv", "cat": "ca", "uk": "en", "us": "en", "au": "en", "ie": "en", "nz": "en",
}  # fmt: skip


def told_by(text: str, url: str, stated: str | None = None) -> str:
    """The primary subtag of the language of `text`, found at `url`; "und" when it cannot be told.

    What its page has `stated` is believed, unless that is a language of Latin letters and the text has others:
    templates say "en" of whatever is written in them.
    """
    sample = text[:1_000]
    script = _by_script(sample)
    if stated and not (script and stated in _WORDS):
        return stated
    return script or _by_words(sample) or _by_address(url) or "und"


def named(name: str) -> str | None:
    """The primary subtag of the language of that name, in English or in itself: "French", "français"."""
    return _NAMED.get(name.strip().casefold())


def _by_script(text: str) -> str | None:
    """The language of a script that (nearly) one language writes; None for Latin letters."""
    letters = [name(character, "").split(" ")[0] for character in text if character.isalpha()]
    scripts = Counter(letters)
    if not scripts or scripts["LATIN"] * 2 > len(letters):
        return None
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    script = scripts.most_common(1)[0][0]
    if script == "CYRILLIC" and re.search("[іїєґ]", text.lower()):
        return "uk"
    if script == "ARABIC" and re.search("[پچژگ]", text):
        return "ur" if re.search("[ٹڈڑےں]", text) else "fa"
    return _SCRIPTS.get(script)


def _by_words(text: str) -> str | None:
    """The language that clearly has most of the small words."""
    tokens = words(text)
    counts = sorted(
        ((sum(token in known for token in tokens), language) for language, known in _WORDS.items()),
        reverse=True,
    )
    (most, language), (second, _) = counts[0], counts[1]
    return language if most >= 2 and most >= 1.5 * second else None


def _by_address(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[" names no host
        return None
    for label in [*(parts.hostname or "").split(".")[:1], *parts.path.split("/")[1:2]]:
        if label in _WORDS:
            return label
    return _COUNTRIES.get((parts.hostname or "").rsplit(".", 1)[-1])
