"""The report as one page for reading and printing: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from .. import plain
from .view import as_read, groups, passed, totals
from .words import Words
from .words import plain as one_line

_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light; --line: #d5dae1; --soft: #56606e; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 56rem; color: #1b2330;
  background: #fff; font: 16px/1.75 "Source Han Sans SC", "Noto Sans CJK SC",
  "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif;
  text-spacing-trim: trim-start; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.3; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; line-height: 1.4; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; margin: 1.25rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; }
.soft { color: var(--soft); font-size: .9rem; }
.file { margin-top: 2.25rem; }
.verdict { border: 1px solid; border-left-width: 6px; border-radius: 6px;
  padding: .9rem 1.1rem; margin-top: .75rem; }
.verdict b { display: block; font-size: 1.15rem; }
.verdict p { color: #1b2330; } .verdict .soft { color: var(--soft); }
.success { color: #12633a; } .warning { color: #7a4b00; } .danger { color: #b30d14; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .95rem; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { background: #f3f5f8; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem;
  margin: .25rem 0 1rem; padding-left: .9rem; border-left: 3px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
dl.passes { opacity: .8; }
code { font-family: "Noto Sans Mono CJK SC", Consolas, monospace; font-size: .95em;
  background: #f3f5f8; padding: 0 .35em; border-radius: 3px; margin-right: .5em; }
.hash { font-family: Consolas, monospace; font-size: .8rem; }
.columns span { display: inline-block; border: 1px solid var(--line); padding: 0 .5em;
  border-radius: 3px; margin: 0 .35em .35em 0; font-size: .9rem; }
.columns .personal { border-color: #b30d14; color: #b30d14; }
.columns .quasi { border-color: #a96a00; color: #7a4b00; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; }
  dt { margin-top: .35rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; }
  .file + .file { break-before: page; } h2, h3, h4 { break-after: avoid; }
  dl, tr, .verdict { break-inside: avoid; } thead { display: table-header-group; } }
@page { size: A4; margin: 18mm 16mm; }
"""


def render(items: Sequence[Mapping[str, Any]], words: Words) -> str:
    _ = words.gettext
    title = _("Personal-data check")
    body = [f"<h1>{escape(title)}</h1>"]
    rules = dict.fromkeys(item["ruleset"] for item in items)
    told = "，" if words.lang == "zh" else ", "
    ruleset = _("Rule set {ruleset}").format(ruleset=told.join(rules))
    body.append(_p(ruleset, "soft"))
    body.append(_p(_("Values are masked; none is shown in full."), "soft"))
    if len(items) > 1:
        body += _overview(items, words)
    for number, item in enumerate(items, 1):
        body += _file(item, number, words)
    return (
        f'<!DOCTYPE html>\n<html lang="{_LANGUAGES.get(words.lang, words.lang)}">\n'
        f'<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _p(text: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(text)}</p>"


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"


def _overview(items: Sequence[Mapping[str, Any]], words: Words) -> list[str]:
    _ = words.gettext
    colon = _(": ")
    stop = "，" if words.lang == "zh" else ", "
    found = stop.join(
        f"{_(plain.VERDICTS[name])} {n}" for name, n in totals(items).items()
    )
    count = words.ngettext("{n} file", "{n} files", len(items))
    head = [_("File"), _("Verdict"), _("Findings")]
    rows = [
        _cells(
            "td",
            [
                f'<a href="#f{number}">{escape(one_line(item["file"]))}</a>',
                f'<span class="{plain.TONES[item["verdict"]]}">'
                f"{escape(_(plain.headline(item)))}</span>",
                str(len([f for f in item["findings"] if not f["passed"]])),
            ],
        )
        for number, item in enumerate(items, 1)
    ]
    return [
        _p(count + colon + found),
        "<table><thead>" + _cells("th", map(escape, head)) + "</thead><tbody>",
        *rows,
        "</tbody></table>",
    ]


def _file(item: Mapping[str, Any], number: int, words: Words) -> list[str]:
    _ = words.gettext
    tone = plain.TONES[item["verdict"]]
    lines = [
        f'<section class="file" id="f{number}">',
        f"<h2>{escape(one_line(item['file']))}</h2>",
        f'<div class="verdict {tone}"><b>{escape(_(plain.headline(item)))}</b>',
        _p(_(plain.permits(item["verdict"], item["permits"]))),
    ]
    for ground in item["grounds"]:
        if ground["code"] != "personal":
            lines.append(_p(ground["text"]))
            lines += [_p(detail, "soft") for detail in ground["details"]]
    if item["reason"]:
        lines.append(_p(item["reason"]["text"]))
    lines.append("</div>")
    found = groups(item, words)
    if found:
        lines.append(f"<h3>{escape(_('What was found'))}</h3>")
    for group in found:
        lines.append(f"<h4>{escape(group['heading'])}</h4>")
        for finding in group["findings"]:
            lines += _finding(finding, words)
    lines += _tables(item, words)
    if item["cells"]:
        lines.append(_p(as_read(item, words), "soft"))
    lines.append(f'<p class="soft hash">SHA-256 {escape(item["sha256"])}</p>')
    return [*lines, "</section>"]


def _finding(finding: Mapping[str, Any], words: Words) -> list[str]:
    _ = words.gettext
    facts = [(_("Kind"), f"<b>{escape(finding['label'])}</b>")]
    facts.append((_("Where"), escape(finding["at"])))
    if finding["passed"]:
        facts.append((_("Passes"), escape(passed(finding, words))))
    else:
        shown = "".join(f"<code>{escape(text)}</code>" for text in finding["masked"])
        facts += [(_("For example (masked)"), shown)] if shown else []
        facts.append((_("Rule"), escape(finding["clause"])))
        facts.append((_("What to do"), escape(finding["advice"])))
    kind = ' class="passes"' if finding["passed"] else ""
    told = "".join(f"<dt>{escape(name)}</dt><dd>{text}</dd>" for name, text in facts)
    return [f"<dl{kind}>{told}</dl>"]


def _tables(item: Mapping[str, Any], words: Words) -> list[str]:
    _ = words.gettext
    if not item["tables"]:
        return []
    lines = [f"<h3>{escape(_('What was read'))}</h3>"]
    for table in item["tables"]:
        if table["sheet"]:
            sheet = _("Sheet “{sheet}”").format(sheet=table["sheet"])
            lines.append(f"<h4>{escape(sheet)}</h4>")
        told = _("{rows} rows of data, {columns} columns")
        count, width = f"{table['row_count']:,}", len(table["columns"])
        lines.append(_p(told.format(rows=count, columns=width), "soft"))
        spans = [
            f"<span{_mark(column)}>{escape(column['name'])}</span>"
            for column in table["columns"]
        ]
        lines.append(f'<p class="columns">{"".join(spans)}</p>')
    return lines


def _mark(column: Mapping[str, Any]) -> str:
    if column["personal"]:
        return ' class="personal"'
    if column["quasi_identifier"] or column["sensitive"]:
        return ' class="quasi"'
    return ""
