"""Messages in the reader's language, from the package's own catalogue without CKAN."""

from __future__ import annotations

import gettext
import importlib.util
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

DOMAIN = "ckanext-edudata"
CATALOGUES = {"zh": "zh_Hans_CN", "en": "en"}
#: Of Unicode's categories: controls, which a terminal would obey, and marks that turn
#: the direction of what follows. White space is made a blank before.
_UNSEEN = ("cc", "cf", "cs", "co")


@dataclass(frozen=True)
class Words:
    """``gettext`` and its ``plural`` of a catalogue; ``lang`` is ``zh`` or ``en``."""

    gettext: Callable[[str], str]
    plural: Callable[[str, str, int], str]
    lang: str = "zh"

    @classmethod
    def of_package(cls, lang: str) -> Words:
        """From the package's catalogue; where it is missing, the English words."""
        found = importlib.util.find_spec("ckanext.edudata.i18n")
        places = list(found.submodule_search_locations or []) if found else []
        catalogue: gettext.NullTranslations = gettext.NullTranslations()
        for place in places:
            catalogue = gettext.translation(
                DOMAIN, place, [CATALOGUES.get(lang, lang)], fallback=True
            )
        return cls(catalogue.gettext, catalogue.ngettext, lang)

    def ngettext(self, one: str, many: str, n: int, **values: str) -> str:
        """``one`` or ``many`` with ``{n}`` in groups of three digits and ``values``."""
        return self.plural(one, many, n).format(n=f"{n:,}", **values)


def language(environ: Mapping[str, str]) -> str:
    """``en`` where the locale names a language other than Chinese, else ``zh``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            code = value.split(".")[0].split("_")[0].lower()
            return "zh" if code in ("zh", "c", "posix") else "en"
    return "zh"


def plain(text: object) -> str:
    """Text as one line that can do nothing: no controls, no turning of direction."""
    line = " ".join(str(text).split())
    return "".join(
        "�" if unicodedata.category(c).lower() in _UNSEEN else c for c in line
    )
