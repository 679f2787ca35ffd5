"""The vocabulary of newspaper templates: what names of boxes and first words of a run give away.

Names are matched as whole words in `Box.names` (class, id and the like, split at hyphens and humps);
"_" stands for a space below. No site is named here, and "paywall" is missing on purpose: on many
pages it is the name of the box that holds the article.
"""

from __future__ import annotations

import re


def _names(*lines: str) -> re.Pattern[str]:
    phrases = (word.replace("_", " ") for line in lines for word in line.split())
    return re.compile(r" (?:" + "|".join(phrases) + r")(?= )")


def _openings(*lines: str) -> re.Pattern[str]:
    return re.compile(r"\W*(?:" + "|".join(lines) + r")", re.IGNORECASE)


BODY = _names(
    r"article_?body article_content article_text article_copy body_text body_copy body_content",
    r"entry_content post_content post_body story_?body story_content story_?text news_body",
    r"content_body main_article rich_?text wysiwyg content_text text_body hentry",
    r"texte_article article_texte corps corps_article contenu_article contenu texte",
)

LEDE = _names(
    r"lede lead chapo chapeau standfirst sub_?headline sub_?heading sub_?title subhead sub_?hed",
    r"dek deck intro\w* summary excerpt description strapline accroche abstract hat soustitre sous_titre",
)

# Readers' talk. A live text commentary ("live match comments") is the article itself.
TALK = _names(
    r"(?<!live_)(?<!match_)comments? commentaires? comentarios kommentare? disqus reactions? discussion",
    r"contribs? forum respond reply replies livefyre spot_im viafoura coral",
)

# Boxes that are not the article, whatever they hold.
ASIDE = _names(
    r"related\w* recommend\w* recirc\w* similar suggest\w* associated seealso see_also also_read read_also",
    r"read_?more read_next more_on more_from more_stories more_articles more_news most_read most_popular",
    r"popular trending lire_aussi a_lire lire_egalement voir_aussi en_savoir_plus sur_le_meme_sujet catcher",
    r"a_decouvrir you_may_also up_next next_article next_post previous_post post_navigation",
    r"newsletters? subscri\w+ signup sign_up optin abonn\w+ inscription registration",
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
TRIFLE = _names(
    r"by_?lines? authors? auteurs? signature contributors? date dateline timestamp time published updated",
    r"meta metadata post_?meta category categories rubrique kicker eyebrow label badge tag reading_time",
    r"more next previous prev latest recent teasers? cards? promo cta btn button buttons toolbar links?",
    r"carousel slider slideshow gallery diaporama player video videos audio embed image images img photo",
    r"picture media thumbnail thumb overlay tooltip infobox product products shop buy affiliate deals",
    r"copyright disclaimer rating ratings votes? poll quiz print aside rail banner logo source",
    r"correction feedback count counter follow subscribe premium_label alert",
)

PICTURE = _names(r"images? img photos? picture figure media thumbnail thumb video gallery slideshow legende")

CONSENT = _names(r"cookies? consent gdpr rgpd onetrust didomi tarteaucitron axeptio cookiebot usercentrics")

# A run that opens like this and is short leads away from the article.
AWAY = _openings(
    r"(?:read|see|watch|listen)(?: more| next| also|:)",
    r"(?:also|more) (?:read|on|from|in)\b.{0,60}[:\n]",
    r"related (?:stor|article|topic|link|news|post|cover|content)\w*",
    r"related ?:|recommended|you (?:may|might) (?:also )?like|don'?t miss|must[- ]read|most (?:read|popular)",
    r"(?:à |a )?lire (?:aussi|également|la suite|plus)|lire ?:",
    r"(?:à )?(?:voir|écouter|découvrir|revoir) (?:aussi|également)",
    r"à (?:lire|voir|écouter|découvrir) ?(?:[:|]|sur |dans )|(?:sur|dans) le même (?:sujet|thème)|notre dossier ?:",
    r"pour (?:en savoir plus|aller plus loin|approfondir)|vous aimerez aussi|retrouvez (?:aussi|toute?s? )",
)

# Short runs that are furniture wherever they stand.
FURNITURE = _openings(
    r"advert(?:isement)?s?\W*$|publicité\W*$|annonce\W*$|sponsored\b|loading|chargement|story continues",
    r"(?:article )?continues? (?:after|below)|scroll (?:down|to continue)|la suite après",
    r"sign up (?:for|to|here)|subscribe (?:to|now|here|today)|get (?:our|the) .{0,40}newsletter|follow us\b",
    r"(?:abonnez|inscrivez|connectez|suivez)-(?:vous|nous)|recevez (?:notre|nos|chaque|toute)|s'abonner",
    r"click here|cliquez ici|share (?:this|on|via)|partage[rz] (?:sur|cet|l['’])|copy link|copier le lien",
    r"(?:photo|image|crédits?|credits?|pic|picture|illustration|video|vidéo)s?(?: by| par| courtesy)? ?[:/©]",
    r"©|\(c\) |copyright|all rights reserved|tous droits réservés|getty images|shutterstock",
    r"(?:tags?|filed under|posted (?:in|on|by)|categor(?:y|ies)|topics?|labels?|mots[- ]clés|thèmes?) ?:",
    r"(?:last )?(?:published|updated|posted|modified|first published)\b.{0,12}\d|publié le|mis à jour le|modifié le",
    r"(?:by|par) [A-Z]\w+ [A-Z][\w-]+\W*$|\d+ (?:comments?|commentaires?|shares?|partages|réactions?)\W*$",
    r"(?:we|this (?:web)?site|nous|ce site) (?:and our .{0,30})?(?:uses?|utilis\w+) (?:des |de )?cookies",
)

# A heading like this opens readers' comments or further reading.
CLOSING = _openings(
    r"(?:\d+ |all |top rated |post a |leave a |write a |join the )?"
    r"(?:comments?|reply|replies|conversation|discussion)\W*\d*\W*$",
    r"(?:\d+ |vos |les |laisser un |ajouter un |poster un )?(?:commentaires?|réactions)\W*\d*\W*$|forum\W*$",
    r"related\b|more (?:from|stories|on|news)\b|recommended|most (?:read|popular)|you (?:may|might) also|trending",
    r"(?:à|a) lire aussi|sur le même (?:sujet|thème)|lire aussi|les plus lus|vous aimerez",
    r"pour aller plus loin|à découvrir",
    r"share this|about the author|à propos de l['’]auteur|sources\W*$|notes\W*$|references\W*$|références\W*$",
)
