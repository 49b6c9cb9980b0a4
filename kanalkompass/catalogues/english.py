"""Norwegian texts that look English: words that no Norwegian text has, and texts that nobody has translated."""

import re
from collections.abc import Iterator

from kanalkompass import catalogues
from kanalkompass.catalogues import strings

# Words of everyday English and of screens that are no words in Norwegian; those that are both («for», «sent», «post»)
# are left out.
_WORDS = (
    "the and with this that these those your you yours from which have been will please what when who whom whose must "
    "should would could cannot not does did done has had was were being its our ours their theirs they them then than "
    "there here every each any some none only also other others another between about after before again next "
    "previous because although without within while during through until since always never already still yet soon "
    "later choose chosen choice store stored save saved cancel cancelled delete deleted change changes changed add "
    "added remove removed edit edited new name names user users password email address addresses read more less show "
    "shown hide open opened close closed applicants applicant vacancy vacancies source sources channel channels posts "
    "figures figure months month days week weeks year years hours hour minutes costs cost count counts number numbers "
    "many few most back page pages file files picture pictures image images upload download search settings login "
    "logout error errors failed success missing empty required optional invalid valid answer answers survey question "
    "questions reason reasons today tomorrow yesterday municipality campaign campaigns link links draft drafts "
    "publish published scheduled approve approved people person role roles access allowed denied date day place "
    "nothing something anything everything nobody somebody anybody everybody first second third how why where "
)
WORDS = frozenset(_WORDS.split())
# The English of the source that Norwegian writes in the same way.
SHARED = frozenset({"date", "second", "image", "link", "open", "person", "store", "here", "then"})
# Names of products and places, as their owners write them.
NAMES = re.compile(
    r"LinkedIn Campaign Manager|Campaign Manager|Community Management|Advertising API|Business Suite|Ads Manager|"
    r"Recruiter Lite|Single Sign-On|Content-Type|First Name|Sent from|Read the Docs"
)
NOT_SAID = re.compile(r"<[^>]*>|%\(\w+\)[sdif]|%[sdif]|\{[^}]*\}|«[^»]*»|https?://\S+|\S+@\S+|`[^`]*`|/\S+/")


def words_in(text: str) -> set[str]:
    """Return the English words of a Norwegian text; what stands in quotation marks, markup and names is left out."""
    said = NOT_SAID.sub(" ", NAMES.sub(" ", text))
    return {word for word in re.findall(r"[a-zæøå]+", said.lower()) if word in WORDS - SHARED}


def faults() -> Iterator[str]:
    """Yield a line for each text of bokmål and nynorsk with an English word in it."""
    for language in catalogues.TRANSLATED:
        for message in strings.read(language):
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            found = set().union(*(words_in(form) for form in forms)) if message.id else set()
            if found:
                yield f"{language}: {', '.join(sorted(found))} in {forms!r}"
