"""Words with a full stop that does not end a sentence, English and French together.

They are kept together because pages mix both: an American name in a French article keeps its "Jr.".
All are lower case, without the stop.
"""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# Before a name; written with a capital ("me." ends sentences, "Me." is a French lawyer's title).
TITLES = _words(
    "mr mrs ms mx dr drs prof st ste sen rep gov gen lt col maj capt cmdr cpl sgt pvt adm hon rev fr pres supt",
    "messrs m mm me mgr pr pte insp det amb atty brig vve mt ft",
)

# Something always follows.
NEVER_LAST = _words("e.g i.e eg ie vs v cf viz resp c.-à-d càd p.ex z.b d.h al.-à")

# Before a number, or an initial: "art. 12", "art. L. 123-1"; otherwise an ordinary word with a full stop.
BEFORE_NUMBER = _words(
    "no nos nr n art arts p pp fig figs vol vols ch chap sec sect par al t tit liv éd ed op tab pl eq",
    "h min env approx ca c circa tél tel ext apt rte hwy ann",
    "jan feb mar apr jun jul aug sep sept oct nov dec janv févr fév avr juil déc",
)

# May end a sentence: the next word decides. Those with a capital only: "the sun. Smith left".
MAYBE_LAST = _words(
    "etc al env av apr boul bd hrs mins lbs oz approx inc corp ltd llc plc esq bros excl incl arr dépt ann",
    "j.-c av.j.-c u.s u.s.a u.k u.n e.u d.c p.m a.m p.s ph.d m.d b.a m.a u.s.s.r l.a n.y u.e o.n.u é.-u é.-u.a",
    "s.a s.a.s s.a.r.l n.y.c b.b.c n.h.s",
)
MAYBE_LAST_CAPITALIZED = _words(
    "co jr sr ave blvd rd dept univ assn intl natl cie ets sté govt gouv no nos vol yahoo",
    "mon tue tues wed thu thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juil déc",
)

# Words that begin sentences and hardly ever follow an abbreviation within one.
STARTERS = _words(
    "the an he she it they we you in on at but and so this that these those there then when while if as after",
    "before for however its his her their our my now yet still many some most not what who why how where or by",
    "with from to since because although despite both each every even such other others one two according",
    "meanwhile also later earlier today yesterday last all any few more nobody nothing officials i a",
    "l un une il elle ils elles on nous vous je j ce cet cette ces c cela ça mais et ou or donc car ni en dans sur",
    "sous par pour avec sans chez selon après avant depuis pendant lors quand lorsque si comme alors ainsi aussi",
    "puis enfin son sa ses leur leurs mon notre votre nos vos qui que qu quel quelle à au aux d parmi plusieurs",
    "certains certaines tous tout toute toutes chaque aucun aucune même cependant toutefois pourtant néanmoins",
    "désormais hier aujourd demain outre malgré ici là ne n s t contrairement interrogé interrogée rien personne",
    "ensuite autre",
)

# These begin sentences in French, and surnames too: "J. Le Pen".
PARTICLES = _words("le la les de du des")

# Between a closing quotation mark and these stands no boundary: "Is it true?" Smith asked.
REPORTING = _words(
    "said says asked asks told wrote writes added adds replied replies tweeted posted joked quipped shouted",
    "warned explained insisted claimed argued noted continued concluded recalled demanded wondered",
)

# After "5 p.m." these go on with the time.
OF_TIME = _words(
    "monday tuesday wednesday thursday friday saturday sunday est edt et gmt utc bst cst cdt pst pdt mst cet cest",
    "eastern pacific central mountain january february march april may june july august september october",
    "november december london paris moscow",
)
