"""No English word on a Chinese page, outside names, codes and data."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Comment

ALLOWED = {
    # formats, algorithms, programs, and words of programs
    *(
        "CSV",
        # Licences of Creative Commons, formats, and an account's kind.
        *("CC", "BY", "NC", "SA", "ND"),
        *("DOCX", "PDF", "QQ"),
        *("TOTP", "RFC"),
        "JSON",
        "XLSX",
        "XLS",
        "HTML",
        "XML",
        "TSV",
        "Excel",
        "WPS",
        "API",
        "curl",
    ),
    *(
        "Python",
        "UTF",
        "GB",
        "SHA",
        "Markdown",
        "ID",
        "datastore_search",
        "limit",
        "KB",
        "KiB",
        "MB",
    ),
    "English",
}
CODE = "script, style, code, pre, [data-code], [lang=en]"
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-bs-title")
ELSEWHERE = ("/api", "/datastore", "/feeds", "/en/", "/base", "/webassets", "/user/_")
MOST = 120
# Words of CKAN's Chinese catalogue in the place of those of the Measures.
WRONG = re.compile(r"(?<!法人)组织|群组|登陆|登出|数据仓库|CKAN")


def words(body: str, known: set[str]) -> set[str]:
    page = BeautifulSoup(body, "html.parser")
    for element in page.select(CODE):
        element.decompose()
    for comment in page.find_all(string=lambda part: isinstance(part, Comment)):
        comment.extract()
    said = [page.get_text(" ")]
    for name in SPOKEN:
        said += [element[name] for element in page.select(f"[{name}]")]
    said += [b.get("value", "") for b in page.select("input[type=submit]")]
    # Addresses, identifiers, and what the data themselves hold.
    data = r"https?://\S+|\S+@\S+|[0-9a-f]{8}-[0-9a-f-]{27}|\S+\.csv|\S*/organization/"
    plain = re.sub(data, " ", " ".join(said))
    found = set(re.findall(r"[A-Za-z][A-Za-z_]+", plain))
    return {word for word in found - ALLOWED if word not in known}


def links(body: str) -> list[str]:
    found = []
    for anchor in BeautifulSoup(body, "html.parser").select("a[href]"):
        parts = urlsplit(anchor["href"])
        if parts.netloc not in ("", "test.ckan.net"):
            continue
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        inside = path.startswith("/") and not path.startswith(ELSEWHERE)
        taken = "download" in path or "/report." in path
        if inside and not taken and "sort=" not in path:
            found.append(path)
    return found


def crawl(app, opened, user):
    starts = ["/", "/about", "/user/login", "/user/reset", "/nothing-here"]
    starts += ["/user/edit", "/organization/new", "/entry/new", "/grants", "/audit"]
    todo, seen = deque(starts), set(starts)
    while todo and len(seen) < MOST:
        url = todo.popleft()
        response = opened.page(app, url, user, status=None)
        if "text/html" not in response.headers["Content-Type"]:
            continue
        yield url, response
        for link in links(response.body):
            # One page of each kind of filter and leaf is enough.
            if link not in seen and link.count("=") < 2:
                seen.add(link)
                todo.append(link)


@pytest.mark.slow
@pytest.mark.parametrize(
    "who", [None, "compiler", "reviewer", "coordinator", "researcher", "technician"]
)
def test_a_chinese_page_speaks_chinese(app, opened, who):
    user = getattr(opened.portal, who) if who else None
    known = {"徐汇区", "xuewei", "xuhui", "xiaoxue", "youeryuan", "xh", "shjw", "cn"}
    for name in vars(opened.portal).values():
        # Factories give people English names; those are names.
        for key in ("name", "fullname", "display_name"):
            known.update(re.findall(r"[A-Za-z_]+", str(name.get(key) or "")))
    english = {}
    pages = 0
    for url, response in crawl(app, opened, user):
        pages += 1
        assert response.status_code < 500, url
        left = words(response.body, known) | set(WRONG.findall(response.body))
        if left:
            english[url] = sorted(left)
    assert pages > 15
    assert english == {}


def test_an_english_page_speaks_english(app, opened):
    for url in ("/en/", "/en/about", "/en/dataset/", "/en/organization/"):
        page = BeautifulSoup(opened.page(app, url).body, "html.parser")
        for element in page.select("article, h1.edu-card, .edu-brand, .edu-tree"):
            element.decompose()
        for element in page.select("[lang^=zh], .edu-filter, title, .edu-search small"):
            element.decompose()
        assert not re.search(r"[\u4e00-\u9fff]", page.get_text())
