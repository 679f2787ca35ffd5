"""Where sentences end: a golden table in English and French, and what holds for any text."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obelism.errors import PageTooLarge
from obelism.model import Article, Block, BlockKind
from obelism.statements import statements_of

# "|" stands where a new sentence begins.
ENGLISH = [
    "The minister resigned. | Her deputy stays.",
    "Mr. Smith met Mrs. Jones and Dr. Brown. | They talked.",
    "Gov. Lee and Sen. Bernie Sanders met Rep. Omar on Monday. | No deal was made.",
    "It was first described on Nov. 4 by users. | Nobody noticed.",
    "The vote is on Sept. 14. | Polls open early.",
    "He was born in Aug. 1970. | He died in 2020.",
    "The U.S. Senate voted. | The U.K. did not.",
    "It happened in the U.S. | The president denied it.",
    "A question mark had to be put over the U.S. as well, she said.",
    "She works in Washington, D.C. | He works in L.A. | They rarely meet.",
    "The show starts at 5 p.m. Monday. | It ends at 7 p.m. | Then we leave.",
    "At 9 a.m. EST the market opened. | Shares fell.",
    "Apple Inc. said profits rose. | Meta Platforms Inc. | It did not comment.",
    "Mattel Co. shares fell. | He sold his company to Acme Corp. | It went bankrupt.",
    "George W. Bush spoke. | J. K. Rowling listened.",
    "J. Leroy Hulsey led the study. | It was published in 2020.",
    "He spoke to Martin Luther King Jr. in 1963. | He spoke to Martin Luther King Jr. | It was a short talk.",
    "Prices rose 3.5 percent. | Wages rose 0.4 percent.",
    "The firm lost $1.2 billion. | Nobody was fired.",
    "See No. 5 on the list. | No. | He did not see it.",
    "He said no. | Putin agreed.",
    "Some came from China, Japan, etc. | The rest stayed home.",
    "Apples, pears, etc. were sold. | Nuts too.",
    "Many drugs, e.g. aspirin, are cheap, i.e. affordable. | Others are not.",
    "It was Roe v. Wade that fell. | Trump vs. Biden followed.",
    "Smith et al. found nothing. | Jones et al. | The others agreed.",
    "He lives near St. Louis. | She lives on Mt. Hood.",
    '"I know. Really." | He left.',
    "“It is a lie,” he said. | “It always was.”",
    "“Is it true?” Smith asked. | Nobody answered.",
    "“It is a lie!” Mr. Jones said. | He left.",
    "“Never again,” she said. | “Not here.” | The room fell silent.",
    "He called it “a joke. A bad one” and left.",
    "“The vaccine was never tested on anyone over sixty. | The company hid the results for two years or more,” "
    "he said.",
    "He wrote: “The vaccine was never tested on people over sixty. | The company hid the results from every one "
    "of us.” | It denies that.",
    "He ended with one word: “Never.” | The crowd cheered.",
    "(He was not there.) | She was.",
    "The plan (see p. 12) failed. | It cost 5 million.",
    "It failed [see Fig. 3]. | Nobody knows why.",
    "Well... maybe. | Maybe not...",
    "Wait... | The results are in.",
    "What?! | You lied!",
    "Really? | Yes. | Really.",
    "1. The earth is flat. | 2. The moon is near.",
    "He earned a Ph.D. in physics. | She has an M.D. | They are proud.",
    "It contains vitamin C. | It is healthy.",
    "So do I. | You do too.",
    "Malcolm X. Shabazz spoke.",
    "iPhone sales fell. | iPad sales rose.",
    "Sales fell. | iPhone prices rose.",
    "The site example.com was down. | Visit www.example.org. | Nobody did.",
    "Amazon.Com grew. | It is large.",
    "The law passed.|The senate cheered. | Nobody slept.",
    "He ran 5 km. | 15 people followed.",
    "It is 10 ft. long. | It weighs 5 lbs. | That is a lot.",
    "Yahoo! Inc. was sold. | It was cheap.",
    "To be, or not to be: that is the question; he left.",
    "The U.N. said so. | U.N. officials agreed. | The E.U. did too.",
    "He trusted me. | Smith did not.",
    "The sun. | Everyone loves it.",
    "Pres. Obama met Gen. Mattis, Lt. Col. Vindman and Adm. Ray. | They agreed.",
    "“I did not have relations,” Clinton said. | He lied.",
    "“No,” he said. | “Yes,” she said.",
    "Texas Gov. Greg Abbott said so on Fri. | He repeated it on Sat. morning.",
    "The storm hit at 3:30 p.m. | Thousands fled.",
]
FRENCH = [
    "Le ministre a démissionné. | Son adjoint reste.",
    "M. Macron a rencontré Mme Le Pen. | MM. Dupont et Durand étaient là.",
    "M. Le Drian est arrivé. | Le Dr. Martin aussi.",
    "Me. Dupond-Moretti a plaidé. | Mgr. Aupetit a écouté.",
    "L’art. 12 de la loi est clair. | L’art. L. 123-1 du code aussi.",
    "Voir p. 55 et pp. 60 à 65, fig. 3. | Le reste suit.",
    "César est mort en 44 av. J.-C. à Rome. | Il était dictateur.",
    "Cela date du IIe siècle av. J.-C. | Les Romains étaient là.",
    "J.-C. est né à Bethléem. | Il est mort à Jérusalem.",
    "J.-M. Le Pen a parlé. | J. Chirac non.",
    "Les réseaux sociaux, p. ex. Facebook, en parlent. | Personne ne vérifie.",
    "Il faut agir, c.-à-d. voter. | Personne ne vote.",
    "Il en reste env. 200. | Cf. le rapport de 2020.",
    "Il y avait Paul, Jacques, etc. | Les autres sont partis.",
    "Des pommes, des poires, etc. ont été vendues. | Des noix aussi.",
    "Les prix ont augmenté de 3,5 %. | Les salaires de 0.4 %.",
    "Il a dit «\u00a0Non. Jamais.\u00a0» puis est parti. | Elle est restée.",
    "«\u00a0Est-ce vrai\u00a0?\u00a0» demande-t-il. | Personne ne répond.",
    "«\u00a0C’est faux\u00a0!\u00a0» s’est écrié le ministre. | Il est parti.",
    "Il a répondu\u00a0: «\u00a0Non\u00a0!\u00a0» | Puis il est parti.",
    "Vraiment\u00a0? | Oui\u00a0! | C’est sûr.",
    "Vraiment ? | Oui ! | C’est sûr.",
    "L’histoire est «\u00a0un mensonge\u00a0». | Le Kremlin dément.",
    "Il s’agit d’un « ancien officier », selon le journal. | Le Kremlin dément.",
    "« Le vaccin n’a jamais été testé sur les plus de soixante ans. | Le laboratoire a caché les résultats "
    "pendant deux ans », affirme-t-il.",
    "Il écrit : « Le vaccin n’a jamais été testé sur les plus de soixante ans. | Le laboratoire a caché tous "
    "les résultats. » | Il dément.",
    "«\u00a0Nous n’avons rien signé. […] Tout est faux\u00a0», dit-elle. | Il se tait.",
    "Je… je ne sais pas. | Peut-être…",
    "Attendez… | Le résultat est là.",
    "Il a hésité (...) avant de parler. | Puis il a parlé.",
    "Aux É.-U. on en rit. | À l’O.N.U. aussi.",
    "Le train part à 10 h. 30. | Il arrive à midi.",
    "Le n° 5 est sorti. | Le no. 6 suivra.",
    "Il a pris de la vitamine C. | Elle est partie.",
    "Il est né le 3 janv. 1950. | Il est mort le 5 déc. 2020.",
    "Il est venu en sept. dernier. | Elle en oct. 2020.",
    "La loi est votée.|Les députés partent. | Le Sénat reste.",
    "1. La terre est plate. | 2. La lune est proche.",
    "Le St. Bernard est un chien. | Ste. Anne est une sainte.",
    "(Il n’était pas là.) | Elle y était.",
    "Il est 8 h. | Le train part. | Il faut attendre jusqu’à 20 h. | Les pompiers arrivent.",
    "Il mesure 1.80 m. | Elle mesure 1.70 m.",
    "Boul. Saint-Michel, il neige. | Il pleut ailleurs.",
    "Le site exemple.fr est en panne. | Rien ne marche.",
    "Il a parlé.\u00a0 | Elle a écouté.",
    "Qui l’a dit\u00a0?! | Personne.",
    "Vrai ou faux ? | Faux, répond l’institut.",
    "“C’est un mensonge”, dit-il. | “Encore un.”",
    "Le porte-parole l’a dit : « C’est faux. » | La Maison Blanche se tait.",
    "La société X S.A. a menti. | La société Y S.A. | Elle se tait.",
    "Le Pr. Raoult l’affirme. | L’Insp. Dupin aussi.",
    "À 9 h 37, l’avion a percuté le Pentagone. | Il venait de Dulles.",
    "Le World Trade Center n°7 est tombé. | Personne n’est mort.",
    "Il faut lire Voltaire, t. 3, chap. 5. | Il faut lire Hugo.",
    "Contacté par l’A.F.P. le maire dément. | Il porte plainte.",
]
OTHER = [
    ("de", "Das ist falsch. | Die Regierung sagt es."),
    ("es", "¿Es verdad? | No lo es. | El Sr. García lo dijo."),
    ("zh", "这是假的。|政府否认了。"),
    ("ar", "هذا غير صحيح. | قالت الحكومة ذلك."),
    ("hi", "यह झूठ है। | सरकार ने कहा।"),
    ("und", "One. | Two."),
]
GOLDEN = [("en", case) for case in ENGLISH] + [("fr", case) for case in FRENCH] + OTHER


def article(*texts: str, language: str = "en", kind: BlockKind = "text") -> Article:
    blocks, start = [], 0
    for text in texts:
        blocks.append(Block(start, start + len(text), kind))
        start += len(text) + 2
    return Article("\n\n".join(texts), tuple(blocks), "", language)


def sentences(text: str, language: str = "en") -> list[str]:
    return [statement.text for statement in statements_of(article(text, language=language))]


@pytest.mark.parametrize(("language", "marked"), GOLDEN, ids=[case for _, case in GOLDEN])
def test_sentences_begin_where_the_golden_table_says(language, marked):
    text = marked.replace("| ", "").replace("|", "")
    assert sentences(text, language) == [part.strip() for part in marked.split("|")]


@pytest.mark.parametrize("kind", ["title", "heading"])
def test_a_headline_is_one_statement(kind):
    text = "« Narcogate » : un mouchoir ? À chacun son avis. Le point"
    assert [s.text for s in statements_of(article(text, language="fr", kind=kind))] == [text]


def test_no_statement_spans_two_blocks():
    found = statements_of(article("The minister of", "Health resigned. He left."))
    assert [(s.text, s.block) for s in found] == [
        ("The minister of", 0),
        ("Health resigned.", 1),
        ("He left.", 1),
    ]


def test_stray_punctuation_is_no_statement():
    assert sentences("Musk en a parlé à Pékin. . SpaceX se tait. …", "fr") == [
        "Musk en a parlé à Pékin.",
        "SpaceX se tait.",
    ]


def test_a_statement_keeps_the_characters_of_the_page():
    text = "Il s’agit d’un «\u202fmen\u00adsonge\u202f»\u00a0! Point."
    assert sentences(text, "fr") == ["Il s’agit d’un «\u202fmen\u00adsonge\u202f»\u00a0!", "Point."]


def test_a_sentence_that_is_too_long_is_cut_at_a_comma():
    text = "and so on, " * 200
    parts = sentences(text)
    assert all(len(part) <= 1_000 for part in parts)
    assert all(part.endswith("and so on,") for part in parts)
    assert " ".join(parts) == text.strip()


def test_a_word_without_end_is_cut_anyway():
    assert sentences("x" * 2_500) == ["x" * 1_000, "x" * 1_000, "x" * 500]


def test_a_page_with_too_many_sentences_is_refused():
    with pytest.raises(PageTooLarge, match="more than 2,500 sentences"):
        statements_of(article("He lied. " * 5_001))


HOSTILE = [
    "« ",
    '" ',
    ". ",
    "a. ",
    "A.",
    "“a. ",
    '."',
    ".\u00a0",
    "« a. » ",
    "Mr. ",
    "é.",
    "J.-",
    "(",
    "\u2026",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_fifty_thousand_repetitions_end(piece):
    text = piece * 50_000
    try:
        found = statements_of(article(text, language="fr"))
    except PageTooLarge:
        return
    assert "".join(s.text for s in found).replace(" ", "") in text.replace(" ", "")


_PIECES = st.sampled_from(
    [
        "Mr. ",
        "He said ",
        "« ",
        " »",
        "“",
        "”",
        '"',
        ". ",
        "… ",
        "! ",
        "? ",
        "M. ",
        "p. ",
        "5",
        "U.S. ",
        "The ",
        "il ",
        "\u00a0",
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=60).map("".join))


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=4), st.sampled_from(["en", "fr", "ar", "und"]))
def test_statements_stand_in_their_blocks_in_order_and_miss_no_word(texts, language):
    read = article(*texts, language=language)
    found = statements_of(read)
    for statement in found:
        block = read.blocks[statement.block]
        assert read.text[statement.start : statement.end] == statement.text == statement.text.strip()
        assert block.start <= statement.start < statement.end <= block.end
    assert all(left.end <= right.start for left, right in pairwise(found))
    letters = [char for char in read.text if char.isalnum()]
    assert [char for s in found for char in s.text if char.isalnum()] == letters
