"""A page a line (JSON string) in; the quotes of all its sentences a line (JSON list) out: as notes would quote them."""

import json
import sys
from dataclasses import asdict

from obelism.article import read_article
from obelism.errors import NotAnArticle
from obelism.model import Page
from obelism.notes import quote_of
from obelism.statements import statements_of

for line in sys.stdin:
    try:
        article = read_article(Page(json.loads(line)))
        quotes = [asdict(quote_of(article, one)) for one in statements_of(article)]
    except NotAnArticle:
        quotes = []
    print(json.dumps(quotes), flush=True)
