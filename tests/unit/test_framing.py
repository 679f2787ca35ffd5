"""How a sentence presents a claim: every way of saying it that the rules promise to tell apart."""

from __future__ import annotations

import pytest

from obelism.framing import combined, frame, refers_back
from obelism.framing.rules import Ruling
from obelism.model import Claim, Phrasing

CLAIMS = {
    "dam": Claim("dam", "The operator of the Orvane dam hid cracks in its wall.", "en"),
    "bus": Claim("bus", "The mayor of Trenby took bribes from the bus company.", "en"),
    "tea": Claim("tea", "Green tea cures malaria.", "en"),
    "tax": Claim("tax", "The government will tax bicycles next year.", "en"),
    "rise": Claim("rise", "Burglaries in Portsby rose by a third last year.", "en"),
    "plant": Claim("plant", "The Larkfield plant is safe.", "en"),
    "paid": Claim("paid", "Minister Olga Brandt has never paid property tax.", "en"),
    "spy": Claim("spy", "Victor Hale met agents of a foreign power in Geneva.", "en"),
    "fake": Claim("fake", "The photo of the flooded metro station is fake.", "en"),
    "film": Claim("film", "Ilan Marec will play the old king in the film of the siege.", "en"),
    "lac": Claim("lac", "La société Hydralpe a vidé le lac de Sarves en secret.", "fr"),
    "maire": Claim("maire", "Le maire de Costel a touché de l’argent d’un promoteur.", "fr"),
    "vaccin": Claim("vaccin", "Le vaccin contre la grippe provoque des fausses couches.", "fr"),
    "prix": Claim("prix", "Le prix du pain a augmenté de 20 % à Nivelle.", "fr"),
    "pont": Claim("pont", "Le pont de Brenne est dangereux.", "fr"),
    "peche": Claim("peche", "La pêche de nuit est interdite sur la Vésone.", "fr"),
    "shut": Claim("shut", "Corbel is closing its mill at Wexley.", "en"),
    "flu": Claim("flu", "Masks slow the spread of flu.", "en"),
    "jet": Claim("jet", "Ostania shot down the airliner over the Ketch strait.", "en"),
    "bridge": Claim("bridge", "The Larkfield bridge is unsafe.", "en"),
    "port": Claim("port", "Le port de Brenne va fermer ses quais en juin.", "fr"),
    "cars": Claim("cars", "Les cars polluent plus que les trains.", "fr"),
    "sos": Claim("sos", "Les pompiers de Costel ont refusé de secourir un baigneur.", "fr"),
    "roi": Claim("roi", "Le chanteur Ilan Marec est mort.", "fr"),
    "impot": Claim("impot", "Le groupe Novatis n’a jamais payé d’impôts en France.", "fr"),
}

# One line: claim, framing wanted, sentence. Our own sentences, by phenomenon.
EN = """
# the page's own voice
dam  asserted | The operator of the Orvane dam hid cracks in its wall for eleven years.
dam  asserted | The Orvane dam, whose operator hid cracks in its wall, supplies half the valley.
tea  asserted | Green tea cures malaria and should be on every table.
paid asserted | Minister Olga Brandt has never paid a penny of property tax.
fake asserted | The photo of the flooded metro station is fake.
# double negation and undisputed facts
dam  asserted | Nobody disputes that the operator of the Orvane dam hid cracks in the wall.
dam  asserted | There is no doubt that the dam’s operator hid the cracks.
dam  asserted | It is not untrue that the Orvane operator hid cracks in the wall.
dam  asserted | It cannot be denied that the operator hid cracks in the Orvane dam.
bus  asserted | Few now doubt that the mayor of Trenby took bribes from the bus company.
rise asserted | Once dismissed as a scare story, the rise in burglaries in Portsby, a third in one year, is real.
shut asserted | Corbel is closing its mill at Wexley without warning.
flu  asserted | Masks slow the spread of flu indoors.
shut asserted | Revealed: Corbel is closing its mill at Wexley
# the claim is stated, and the denial, the doubt or the negation is about something else
shut asserted | Corbel is closing its mill at Wexley, and has rejected calls for a rethink.
shut denied | Corbel is closing its mill at Wexley, it was rumoured, and the firm denies the plan.
shut asserted | Corbel is closing its mill at Wexley, raising questions about its future.
shut asserted | Corbel is closing its mill at Wexley after failing to find a buyer.
shut asserted | Corbel is closing its mill at Wexley because farmers no longer bring corn.
bridge asserted | The Larkfield bridge is not safe.
# attribution
film denied | Ilan Marec drops out of the film of the siege.
film asserted | Ilan Marec will join the cast as the old king in the film of the siege.
bus  denied | The mayor of Trenby slams rumours of bribes from the bus company.
bus  denied | Trenby’s mayor shuts down the bribery allegations
dam  attributed | According to the Valley Post, the operator of the Orvane dam hid cracks in its wall.
dam  attributed | The operator of the Orvane dam hid cracks in its wall, engineers said on Monday.
dam  attributed | “They hid the cracks,” said Tom Reiss, who worked at the Orvane dam for nine years.
dam  attributed | The operator of the dam allegedly hid cracks in its wall.
bus  attributed | The mayor of Trenby reportedly took bribes from the bus company.
bus  attributed | Prosecutors accuse the mayor of Trenby of taking bribes from the bus company.
bus  attributed | The mayor of Trenby is said to have taken bribes from a bus company.
bus  attributed | Rumours that the mayor of Trenby took bribes from the bus company have filled the local forums.
bus  attributed | The mayor admitted that he had taken bribes from the bus company.
tea  attributed | A video seen two million times claims that green tea cures malaria.
tea  attributed | A herbalist in Leeds insists that green tea cures malaria.
spy  attributed | Victor Hale met agents of a foreign power in Geneva, two people told the paper.
spy  attributed | Valley Post: Victor Hale met foreign agents in Geneva
spy  attributed | Hale met foreign agents in Geneva – former aide
spy  attributed | The Post maintains, despite government denials, that Victor Hale met foreign agents in Geneva.
tax  attributed | The government will tax bicycles from next year, if a leaflet is to be believed.
paid attributed | Minister Olga Brandt has never paid property tax, the opposition claims.
dam  attributed | Dam operator 'hid cracks in its wall'
# it does not deny
bus  attributed | The mayor of Trenby did not deny that he had taken bribes from the bus company.
bus  attributed | The mayor’s lawyer declined to deny that he took bribes from the bus company.
bus  questioned | His spokesman refused to confirm or deny that the mayor took bribes from the bus company.
bus  attributed | The mayor of Trenby took bribes from the bus company, a witness said; the town hall had no comment.
# denial
dam  denied | The operator of the Orvane dam denied that it had hidden cracks in the wall.
dam  denied | The company rejects claims that it hid cracks in the wall of the Orvane dam.
dam  denied | Orvane’s operator dismissed the Valley Post’s report that it had hidden cracks in the wall.
dam  denied | “We never hid any cracks in the wall,” the dam’s operator said.
bus  denied | The mayor of Trenby has not taken bribes from the bus company, his lawyer said.
bus  denied | An inquiry found no evidence that the mayor of Trenby took bribes from the bus company.
bus  denied | Contrary to a post shared all week, the mayor of Trenby took no bribes from the bus company.
bus  denied | The mayor of Trenby, who is said to have taken bribes from a bus company, denies it.
tea  denied | Green tea does not cure malaria.
tea  denied | Far from curing malaria, green tea delays the treatment that does.
tea  denied | It is a myth that green tea cures malaria.
tea  denied | The claim that green tea cures malaria is false.
tea  denied | No study has shown that green tea cures malaria.
tea  denied | Green tea and malaria: the cure that never was is a hoax.
tea  denied | Doctors debunked the idea that green tea cures malaria.
tax  denied | The government will not tax bicycles next year.
tax  denied | No, the government will not tax bicycles next year
tax  denied | A bicycle tax next year? That is nonsense.
tax  denied | The minister denies that his aide had said the government would tax bicycles.
tax  denied | Talk of a tax on bicycles next year is pure invention, according to the treasury.
rise denied | Burglaries in Portsby fell by a third last year.
plant denied | The Larkfield plant is dangerous.
plant denied | The Larkfield plant is not safe.
plant denied | The Larkfield plant is unsafe, inspectors found.
spy  denied | Story of Hale’s talks with foreign agents in Geneva is “a lie” – ministry
spy  denied | Ministry: report that Hale met foreign agents is a lie
spy  denied | Victor Hale called the report that he met foreign agents in Geneva a smear.
spy  denied | Nothing suggests that Victor Hale met foreign agents in Geneva.
fake denied | The photo of the flooded metro station is not fake.
jet  denied | The capital denies that Ostania shot down the airliner over the Ketch strait.
shut denied | Corbel’s mill at Wexley remains open.
tea  denied | Does green tea cure malaria? No.
# left open
jet  questioned | It was not immediately clear who shot down the airliner over the Ketch strait.
dam  questioned | Did the operator of the Orvane dam hide cracks in its wall?
dam  questioned | It is unclear whether the operator of the Orvane dam hid cracks in its wall.
dam  questioned | Whether the dam’s operator hid cracks in the wall remains to be seen.
dam  questioned | If it were true that the operator hid cracks in the dam, heads would roll.
bus  questioned | Investigators refused to rule out that the mayor took bribes from the bus company.
bus  questioned | The judge will have to decide whether the mayor of Trenby took bribes from the bus company.
bus  questioned | Did the mayor of Trenby take bribes from the bus company, as a blog says?
tea  questioned | Can green tea really cure malaria?
tea  questioned | Scientists have cast doubt on whether green tea cures malaria.
tax  questioned | What if the government did tax bicycles next year?
spy  questioned | Nobody knows whether Victor Hale met foreign agents in Geneva.
spy  questioned | The report that Hale met foreign agents has not been independently verified.
"""

FR = """
# idioms
maire attributed | Il n’en fallait pas plus à un élu pour affirmer que le maire de Costel a touché de l’argent.
maire denied | L’argent du promoteur au maire de Costel ? Un don au club en tout et pour tout, soutient la mairie.
# la voix de la page
lac   asserted | La société Hydralpe a vidé le lac de Sarves en secret.
lac   asserted | Hydralpe, qui a vidé le lac de Sarves en secret, exploite trois barrages.
prix  asserted | Le prix du pain a bel et bien augmenté de 20 % à Nivelle.
impot asserted | Le groupe Novatis n’a jamais payé d’impôts en France.
# double négation
lac   asserted | Personne ne conteste que la société Hydralpe a vidé le lac de Sarves.
lac   asserted | Il n’est pas faux que la société Hydralpe a vidé le lac.
lac   asserted | Nul ne doute plus que la société Hydralpe a vidé le lac de Sarves en secret.
maire asserted | Il est indéniable que le maire de Costel a touché de l’argent d’un promoteur.
maire asserted | Il est difficile de nier que le maire a touché de l’argent d’un promoteur.
# la phrase porte une autre dénégation, un autre doute
port  asserted | Le port de Brenne va fermer ses quais en juin, une mesure rejetée par les pêcheurs.
port  denied | Le port de Brenne va fermer ses quais en juin, une mesure démentie par le préfet.
port  asserted | Le port de Brenne va fermer ses quais en juin : on ignore combien de pêcheurs partiront.
port  asserted | Le port de Brenne va fermer ses quais en juin pour ne pas perdre le marché.
port  asserted | Le port de Brenne, très suivi sur Twitter, va fermer ses quais en juin.
# attribution
port  attributed | Le port de Brenne va fermer ses quais en juin, révèle une élue.
port  attributed | Le port de Brenne va fermer ses quais en juin, se réjouit une élue.
port  attributed | Le port de Brenne va fermer ses quais en juin, a prévenu une élue.
port  attributed | Le port de Brenne va fermer ses quais en juin, s’est indigné un pêcheur.
port  attributed | Le port de Brenne va fermer ses quais en juin, fait valoir une élue.
port  attributed | Le port de Brenne va fermer ses quais en juin, apprend-on à la capitainerie.
lac   attributed | Selon Le Courrier des Alpes, la société Hydralpe a vidé le lac de Sarves en secret.
lac   attributed | D’après deux pêcheurs, Hydralpe a vidé le lac en secret.
lac   attributed | « Ils ont vidé le lac en secret », affirme Jeanne Morel, élue de Sarves.
lac   attributed | La société Hydralpe aurait vidé le lac de Sarves en secret.
lac   attributed | Aux dires des riverains, la société Hydralpe a vidé le lac en secret.
lac   attributed | La société Hydralpe reconnaît avoir vidé le lac de Sarves.
maire attributed | Le maire de Costel pourrait avoir touché de l’argent d’un promoteur.
maire attributed | Le maire de Costel est soupçonné d’avoir touché de l’argent d’un promoteur.
maire attributed | Des rumeurs selon lesquelles le maire de Costel a touché de l’argent circulent depuis mars.
maire attributed | L’opposition accuse le maire de Costel d’avoir touché de l’argent d’un promoteur.
maire attributed | Il a ajouté que le maire de Costel avait touché de l’argent d’un promoteur.
maire attributed | Le journal maintient, malgré les démentis de la mairie, que le maire a touché de l’argent.
vaccin attributed | Une infirmière assure que le vaccin contre la grippe provoque des fausses couches.
vaccin attributed | Le vaccin contre la grippe provoquerait des fausses couches.
roi   attributed | Le chanteur Ilan Marec serait mort dimanche.
roi   attributed | Le chanteur Ilan Marec est mort, à en croire une page suivie par 40 000 personnes.
# qui ne dément pas
maire attributed | Le maire de Costel n’a pas démenti avoir touché de l’argent d’un promoteur.
maire attributed | Le maire a refusé de démentir avoir touché de l’argent d’un promoteur.
maire attributed | La mairie ne confirme ni ne dément, mais un témoin affirme que le maire a touché de l’argent.
# démenti
lac   denied | Hydralpe dément avoir vidé le lac de Sarves en secret.
lac   denied | La société nie avoir vidé le lac de Sarves en secret.
lac   denied | Hydralpe n’a pas vidé le lac de Sarves.
lac   denied | L’histoire du lac vidé en secret est « un mensonge » – Hydralpe
lac   denied | La direction a réfuté les allégations du Courrier selon lesquelles elle aurait vidé le lac en secret.
lac   denied | Loin d’avoir vidé le lac, Hydralpe l’a rempli.
lac   denied | Le préfet dément que son adjoint ait dit que le lac avait été vidé en secret.
maire denied | Rien ne prouve que le maire de Costel a touché de l’argent d’un promoteur.
maire denied | Aucune preuve ne montre que le maire de Costel a touché de l’argent d’un promoteur.
maire denied | « Je n’ai jamais touché d’argent d’un promoteur », a déclaré le maire de Costel.
maire denied | Le maire de Costel se défend d’avoir touché de l’argent d’un promoteur.
vaccin denied | Non, le vaccin contre la grippe ne provoque pas de fausses couches
vaccin denied | Contrairement à ce qu’affirme une vidéo, ce vaccin ne provoque pas de fausses couches.
vaccin denied | Le vaccin contre la grippe provoque des fausses couches : c’est une infox.
vaccin denied | Aucune étude n’a montré que le vaccin provoque des fausses couches.
prix  denied | Le prix du pain a baissé de 20 % à Nivelle.
prix  denied | Il est faux de dire que le prix du pain a augmenté de 20 % à Nivelle.
pont  denied | Le pont de Brenne n’est pas dangereux.
pont  denied | Le pont de Brenne est sûr.
peche denied | La pêche de nuit est autorisée sur la Vésone.
roi   denied | Le chanteur Ilan Marec est bien vivant.
roi   denied | La rumeur de la mort du chanteur Ilan Marec a été démentie par sa famille.
cars  denied | Les cars ne polluent pas plus que les trains.
cars  denied | Les cars ne font pas plus de bruit et ne polluent pas plus que les trains.
sos   denied | Les pompiers de Costel n’ont pas refusé de secourir un baigneur.
port  denied | Le port de Brenne restera ouvert.
# en suspens
lac   questioned | Hydralpe a-t-elle vidé le lac de Sarves en secret ?
lac   questioned | Reste à savoir si la société Hydralpe a vidé le lac de Sarves en secret.
lac   questioned | On ignore si Hydralpe a vidé le lac en secret.
lac   questioned | Si l’information est exacte, Hydralpe a vidé le lac en secret.
maire questioned | Le parquet n’exclut pas que le maire de Costel ait touché de l’argent d’un promoteur.
maire questioned | L’enquête devra dire si le maire de Costel a touché de l’argent d’un promoteur.
maire questioned | Et si le maire de Costel avait touché de l’argent d’un promoteur ?
vaccin questioned | Le vaccin contre la grippe provoque-t-il vraiment des fausses couches, comme le prétend une vidéo ?
prix  questioned | Le prix du pain a-t-il vraiment augmenté de 20 % ?
roi   questioned | Impossible de vérifier si le chanteur Ilan Marec est mort.
"""


def _cases() -> list[tuple[str, str, str, str]]:
    cases = []
    for language, table in (("en", EN), ("fr", FR)):
        for line in table.strip().splitlines():
            if not line.startswith("#"):
                head, text = line.split(" | ", 1)
                claim, framing = head.split()
                cases.append((language, claim, framing, text))
    return cases


@pytest.mark.parametrize(("language", "claim", "framing", "text"), _cases())
def test_the_framing_of_a_sentence(language: str, claim: str, framing: str, text: str) -> None:
    assert frame(text, CLAIMS[claim], language).framing == framing


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("en", "According to the Valley Post, the operator hid cracks in the dam.", "the Valley Post"),
        (
            "en",
            "The operator hid cracks in the dam, engineers from the ministry said.",
            "engineers from the ministry",
        ),
        ("en", "“They hid the cracks,” said Tom Reiss, who worked at the dam.", "Tom Reiss"),
        ("en", "On Friday the company denied that it had hidden cracks.", "the company"),
        ("en", "Peter Danby, the chief engineer, denied that cracks had been hidden.", "Peter Danby"),
        ("en", "Valley Post: dam operator hid cracks", "Valley Post"),
        ("en", "Story of hidden cracks is “a lie” – Hydralpe", "Hydralpe"),
        ("en", "The operator of the dam reportedly hid cracks.", None),
        ("en", "There is no evidence that the operator hid cracks.", None),
        ("fr", "Selon Le Courrier des Alpes, la société a vidé le lac.", "Le Courrier des Alpes"),
        ("fr", "« Ils ont vidé le lac », affirme la maire de Sarves, Jeanne Morel.", "Jeanne Morel"),
        ("fr", "La préfecture a démenti que le lac ait été vidé.", "La préfecture"),
        (
            "fr",
            "Luc Dray, porte-parole de la société, a réfuté l’accusation d’avoir vidé le lac.",
            "Luc Dray",
        ),
        ("fr", "Le lac aurait été vidé en secret.", None),
        ("fr", "Le lac a été vidé en secret, a déclaré mardi le pêcheur Alain Roche.", "Alain Roche"),
        ("en", "The operator hid cracks in the dam, according to Mr. Reiss.", "Mr. Reiss"),
        ("en", "U.S. officials said the operator hid cracks in the dam.", "U.S. officials"),
        ("en", "The operator hid cracks in the dam, said Tom D. Reiss.", "Tom D. Reiss"),
        ("en", "The mayor resigned amid reports that the operator hid cracks in the dam.", None),
        ("fr", "Le lac a été vidé en secret, selon M. Roche.", "M. Roche"),
        ("fr", "Le lac a été vidé en secret, a déclaré à l’AFP Alain Roche.", "Alain Roche"),
        ("fr", "Le lac a été vidé en secret, a affirmé sur RTL la maire.", "la maire"),
        ("fr", "Le lac a été vidé en secret, a annoncé ce mardi la préfecture.", "la préfecture"),
        ("fr", "Sur Telegram un texte signale que le lac a été vidé.", None),
    ],
)
def test_who_speaks_in_the_words_of_the_page(language: str, text: str, speaker: str | None) -> None:
    assert frame(text, CLAIMS["lac" if language == "fr" else "dam"], language).speaker == speaker


def test_a_pronoun_is_the_speaker_of_the_sentences_before() -> None:
    before = ("Lac vidé : la maire accuse", "La maire de Sarves, Jeanne Morel, a dénoncé un scandale.")
    framed = frame("Elle a ajouté qu’Hydralpe avait vidé le lac en secret.", CLAIMS["lac"], "fr", before)
    assert (framed.framing, framed.speaker) == ("attributed", "La maire de Sarves")


def test_a_pronoun_may_be_whoever_denied_in_the_sentence_before() -> None:
    before = (
        "Le lac de Sarves",
        "Le journal dit tenir cela de riverains.",
        "La maire de Sarves, Jeanne Morel, a démenti toute négligence.",
    )
    framed = frame("D’après elle, Hydralpe a vidé le lac de Sarves en secret.", CLAIMS["lac"], "fr", before)
    assert framed.speaker == "La maire de Sarves"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le lac de Sarves a été vidé en secret, a-t-il déclaré."),
        ("fr", "Le lac de Sarves a été vidé en secret, assure-t-il."),
        ("fr", "Le lac de Sarves a été vidé en secret, selon lui."),
        ("en", "The operator of the Orvane dam hid cracks in its wall, he said."),
        ("en", "According to him, the operator of the Orvane dam hid cracks in its wall."),
    ],
)
def test_a_pronoun_may_stand_after_the_claim_or_the_verb(language: str, text: str) -> None:
    before = (
        "Alain Roche a dénoncé un scandale." if language == "fr" else "Alain Roche denounced a scandal.",
    )
    claim = CLAIMS["lac" if language == "fr" else "dam"]
    assert frame(text, claim, language, before).speaker == "Alain Roche"
    assert frame(text, claim, language).speaker is None


def test_a_quotation_still_open_from_the_sentence_before_is_attributed() -> None:
    before = ("« Nous avons tout vu, raconte Alain Roche.",)
    framed = frame("Hydralpe a vidé le lac de Sarves en secret. »", CLAIMS["lac"], "fr", before)
    assert (framed.framing, framed.speaker) == ("attributed", "Alain Roche")


def test_a_denial_of_something_else_in_the_sentence_does_not_count() -> None:
    text = "The operator of the Orvane dam hid cracks in its wall, but its union denies any dispute over pay."
    assert frame(text, CLAIMS["dam"], "en").framing != "denied"
    text = "Le maire de Costel a touché de l’argent d’un promoteur, mais la piscine n’a pas rouvert."
    assert frame(text, CLAIMS["maire"], "fr").framing != "denied"


def test_a_negative_claim_is_denied_by_the_positive_fact() -> None:
    assert (
        frame("Minister Olga Brandt has paid property tax every year.", CLAIMS["paid"], "en").framing
        == "denied"
    )
    assert frame("Le groupe Novatis a payé des impôts en France.", CLAIMS["impot"], "fr").framing == "denied"


def test_a_claim_is_recognised_through_its_phrasing_in_the_language_of_the_page() -> None:
    claim = Claim(
        "x", "The ferry Alba is unsafe.", "en", phrasings=(Phrasing("Le ferry Alba est dangereux.", "fr"),)
    )
    assert frame("Le ferry Alba n’est pas dangereux, assure l’armateur.", claim, "fr").framing == "denied"


def test_a_post_that_somebody_holds_is_no_word_of_saying() -> None:
    """The seed article: the man spoken of is not the one who speaks."""
    framed = frame(
        "Outre Poutine, il a également été rapporté que Musk aurait communiqué avec Sergey Kirienko, un ancien Premier "
        "ministre russe qui occupe désormais le poste de chef adjoint de l’administration présidentielle.",
        Claim("k", "Elon Musk a eu des contacts avec Sergueï Kirienko, du Kremlin.", "fr"),
        "fr",
    )
    assert (framed.framing, framed.speaker) == ("attributed", None)


def test_cues_are_quoted_in_the_characters_of_the_page() -> None:
    framed = frame("Hydralpe n’a jamais vidé le lac de Sarves.", CLAIMS["lac"], "fr")
    assert framed.cues == ("n’a jamais",)


def test_strong_rules_win_over_the_odds_and_weak_ones_do_not() -> None:
    odds = (0.7, 0.1, 0.1, 0.1)
    assert combined(Ruling("denied", 0.95, "deny"), odds) == "denied"
    assert combined(Ruling("attributed", 0.35, "quote"), odds) == "asserted"
    assert combined(Ruling("denied", 0.7, "polarity"), None) == "denied"


def test_a_sentence_without_any_cue_is_the_pages_own_voice_unless_the_odds_are_clear() -> None:
    plain = Ruling("asserted", 0.8, "plain")
    assert combined(plain, (0.3, 0.4, 0.2, 0.1)) == "asserted"
    assert combined(plain, (0.02, 0.02, 0.95, 0.01)) == "denied"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The company denies it."),
        ("en", "“That is false,” she said."),
        ("en", "Both men rejected the allegation."),
        ("en", "This claim is not true."),
        ("en", "It is a lie, the minister said."),
        ("en", "Nothing of the sort, says the airline."),
        ("fr", "Les deux hommes ont réfuté cette affirmation."),
        ("fr", "L’entreprise le dément."),
        ("fr", "« C’est un mensonge », a répondu le ministre."),
        ("fr", "La direction nie en bloc."),
        ("fr", "Ces accusations sont infondées, selon son avocat."),
        ("fr", "Il n’en est rien."),
    ],
)
def test_a_sentence_that_only_refers_back(language: str, text: str) -> None:
    assert refers_back(text, language)
    assert frame(text, CLAIMS["dam"], language).framing == "denied"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The company denies that it hid cracks in the dam."),
        ("en", "The dam was built in 1961 by a firm from Lyon."),
        ("en", "Green tea does not cure malaria."),
        ("fr", "La société dément avoir vidé le lac de Sarves."),
        ("fr", "Le lac de Sarves attire 40 000 visiteurs par an."),
        ("fr", "Le ministre a répondu aux questions des députés."),
    ],
)
def test_a_sentence_with_content_of_its_own_does_not_refer_back(language: str, text: str) -> None:
    assert not refers_back(text, language)
