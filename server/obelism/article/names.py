"""The vocabulary of newspaper templates: what names of boxes and first words of a run give away.

Names are matched as whole words (class, id and the like, split at hyphens and humps);
"_" stands for a space below. No site is named here.
"""

from __future__ import annotations

import re
from typing import Literal


def _names(*lines: str) -> re.Pattern[str]:
    phrases = (word.replace("_", " ") for line in lines for word in line.split())
    return re.compile(r" (?:" + "|".join(phrases) + r")(?= )")


def _openings(*lines: str) -> re.Pattern[str]:
    return re.compile(r"\W*(?:" + "|".join(lines) + r")", re.IGNORECASE)


_BODY = _names(
    r"article_?body article_content article_text article_copy body_text body_copy body_content",
    r"entry_content post_content post_body story_?body story_content story_?text news_body",
    r"content_body main_article rich_?text wysiwyg content_text text_body hentry",
    r"texte_article article_texte corps corps_article contenu_article contenu texte",
)

_LEDE = _names(
    r"lede lead chapo chapeau standfirst sub_?headline sub_?heading sub_?title subhead sub_?hed",
    r"dek deck intro\w* summary excerpt description strapline accroche abstract hat soustitre sous_titre",
)

# Readers' talk. A live text commentary ("live match comments") is the article itself.
_TALK = _names(
    r"(?<!live_)(?<!match_)comments? commentaires? comentarios kommentare? disqus reactions? discussion",
    r"contribs? forum respond reply replies livefyre spot_im viafoura coral",
)

# Boxes that are not the article, whatever they hold.
_ASIDE = _names(
    r"related\w* recommend\w* recirc\w* similar suggest\w* associated seealso see_also also_read read_also",
    r"read_?more read_next more_on more_from more_stories more_articles more_news most_read most_popular",
    r"popular trending lire_aussi a_lire lire_egalement voir_aussi en_savoir_plus sur_le_meme_sujet catcher",
    r"a_decouvrir you_may_also up_next next_article next_post previous_post post_navigation",
    r"newsletters? signup sign_up optin inscription registration",
    r"share\w* sharing sharedaddy social socials addtoany follow_us",
    r"sidebars? side_bar widgets? promos? promo\w+ sponsor\w* partner_content",
    r"ads? ad_\w+ advert\w* adsense adslot publicite pub dfp taboola outbrain",
    r"cookies? consent gdpr rgpd modal popup popin lightbox toast",
    r"breadcrumbs? ariane tags tag_list taglist taxonomy keywords hashtags",
    r"author_bio about_author author_box author_info biography bio",
    r"captions? figcaption legende image_credit photo_credit credits?",
    r"hidden(?!_(?:xs|sm|md|lg|print|mobile)) visually_hidden screen_reader sr_only offscreen d_none",
    r"footer footnav nav navbar navigation menu menus submenu masthead breaking ticker",
    r"pagination pager paginate skip_link login signin connexion donate donation crowdfunding",
)

# Names of small things around an article; a box that holds real paragraphs is not judged by these.
_TRIFLE = _names(
    r"by_?lines? authors? auteurs? signature contributors? date dateline timestamp time published updated",
    r"meta metadata post_?meta category categories rubrique kicker eyebrow label badge tag reading_time",
    r"more next previous prev latest recent teasers? cards? promo cta btn button buttons toolbar links?",
    r"carousel slider slideshow gallery diaporama player video videos audio embed image images img photo",
    r"picture media thumbnail thumb overlay tooltip infobox product products shop buy affiliate deals",
    r"copyright disclaimer rating ratings votes? poll quiz print aside rail banner logo source",
    r"correction feedback count counter follow subscribe premium_label alert",
)

# Boxes that offer a subscription, or hold what only subscribers read, the article itself: the words
# inside decide which.
_OFFER = _names(r"paywall\w* premium metered? subscri\w+ abonn\w+ offers? offres?")

_PICTURE = _names(r"images? img photos? picture figure media thumbnail thumb video gallery slideshow legende")

_CONSENT = _names(r"cookies? consent gdpr rgpd onetrust didomi tarteaucitron axeptio cookiebot usercentrics")

Sign = Literal["body", "lede", "talk", "aside", "trifle", "offer", "picture", "consent"]
_SIGNS: dict[Sign, re.Pattern[str]] = {
    "body": _BODY,
    "lede": _LEDE,
    "talk": _TALK,
    "aside": _ASIDE,
    "trifle": _TRIFLE,
    "offer": _OFFER,
    "picture": _PICTURE,
    "consent": _CONSENT,
}


def signs_of(names: str) -> frozenset[Sign]:
    """What `names`, words between spaces, tell of a box."""
    return frozenset(sign for sign, pattern in _SIGNS.items() if pattern.search(names))


# A run that opens like this and is short leads away from the article.
AWAY = _openings(
    r"(?:read|see|watch|listen)(?: more| next| also|:)",
    r"(?:also|more) (?:read|on|from|in)\b.{0,60}[:\n]",
    r"related (?:stor|article|topic|link|news|post|cover|content)\w*",
    r"related ?:|recommended(?: for| reading|\W*$)|you (?:may|might) (?:also )?like",
    r"don'?t miss\W*$|must[- ]read|most (?:read|popular)\W*$",
    r"(?:à |a )?lire (?:aussi|également|la suite|plus)|lire ?:",
    r"(?:à )?(?:voir|écouter|découvrir|revoir) (?:aussi|également)",
    r"à (?:lire|voir|écouter|découvrir) ?(?:[:|]|sur |dans )|(?:sur|dans) le même (?:sujet|thème)|notre dossier ?:",
    r"pour (?:en savoir plus|aller plus loin|approfondir)|vous aimerez aussi|retrouvez (?:aussi|toute?s? )",
)

# Words with which a subscription is offered.
OFFER = re.compile(
    r"abonn(?:ez|é|és|ement)|s['’]abonner|subscri(?:be|ber|bers|ption)\b|(?:sign|log) in|connectez|"
    r"essayez|offre|free trial|par mois|per month|€|newsletter",
    re.IGNORECASE,
)

# Short runs that are furniture wherever they stand.
FURNITURE = _openings(
    r"advert(?:isement)?s?\W*$|publicité\W*$|annonce\W*$|sponsored (?:by|content)|sponsored\W*$",
    r"(?:loading|chargement)\W*$|story continues",
    r"(?:article )?continues? (?:after|below)|scroll (?:down|to continue)|la suite après",
    r"sign up (?:for|to|here)|subscribe (?:to|now|here|today)|get (?:our|the) .{0,40}newsletter|follow us\b",
    r"(?:abonnez|inscrivez|connectez|suivez)-(?:vous|nous)|recevez (?:notre|nos|chaque|toute)|s'abonner",
    r"click here|cliquez ici|share (?:this|on|via)|partage[rz] (?:sur|cet|l['’])|copy link|copier le lien",
    r"(?:photo|image|crédits?|credits?|pic|picture|illustration|video|vidéo)s?(?: by| par| courtesy)? ?[:/©]",
    r"©|\(c\) |copyright (?:©|\(c\)|\d)|all rights reserved|tous droits réservés|(?:getty images|shutterstock)\W*$",
    r"(?:tags?|filed under|posted (?:in|on|by)|categor(?:y|ies)|topics?|labels?|mots[- ]clés|thèmes?) ?:",
    r"(?:last )?(?:published|updated|posted|modified|first published)\b.{0,12}\d|publié le|mis à jour le|modifié le",
    r"(?:by|par) [A-Z]\w+ [A-Z][\w-]+\W*$|\d+ (?:comments?|commentaires?|shares?|partages|réactions?)\W*$",
    r"\d{1,2} ?[h:.] ?(?:\d\d)?(?: ?[ap]\.?m\.?| ?min| ?gmt| ?e[sd]?t)?\W*$|\d{1,4}[-/.]\d\d?[-/.]\d{1,4}\W*$",
    r"(?:we|this (?:web)?site|nous|ce site) (?:and our .{0,30})?(?:uses?|utilis\w+) (?:des |de )?cookies",
    r"(?:additional |further )?(?:reporting|writing) by .{0,150}(?:editing|reporting|writing) by|our standards ?:",
    r"avec (?:l['’])?(?:afp|ap|reuters|agences?)(?: et (?:l['’])?(?:afp|ap|reuters|agences?))?\W*$",
    r"il vous reste [\d.,]+\s?% de cet article",
)

# A heading like this opens readers' comments.
TALK_HEADING = _openings(
    r"(?:\d+ |all |top rated |post a |leave a |write a |join the )?"
    r"(?:comments?|reply|replies|conversation|discussion)\W*\d*\W*$",
    r"(?:\d+ |vos |les |tous les |voir les |laisse[rz] un |ajoute[rz] un |poste[rz] un )?"
    r"(?:commentaires?|réactions)\W*\d*\W*$|forum\W*$|réagir(?: à .{0,30})?\W*$|comments (?:are|have been) closed",
    r"\d+ (?:comments|commentaires|réactions|thoughts) (?:on|sur|à|pour)\b|participe[rz] à la discussion\W*$",
)

# A heading like this opens further reading, or notes.
CLOSING = _openings(
    r"related\b|more (?:from|stories|on|news)\b|recommended\b|most (?:read|popular)|you (?:may|might) also|trending\b",
    r"(?:à|a) lire aussi|sur le même (?:sujet|thème)|lire aussi|les plus lus|vous aimerez",
    r"pour aller plus loin|à découvrir",
    r"share this(?: article| story| post| page)?\W*$|about the author|à propos de l['’]auteur",
    r"sources\W*$|notes\W*$|references\W*$|références\W*$",
)
