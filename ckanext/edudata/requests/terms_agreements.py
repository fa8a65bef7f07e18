"""The terms of use that the portal begins with, and the hash of a version.

Pure. `STANDARD` is version 1 and never changes: whoever accepted it accepted this
text. A change of the terms is a new version, published by the coordinator of the top
of the tree (`edudata_agreement_publish`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

FIRST = "1"
_ZH = (
    "数据仅用于本申请所述用途，不作他用。",
    "不得转提供。确需转提供的，须向数据归属单位或其上级主管部门书面申请；"
    "向第三方只能提供脱敏数据。",
    "不尝试识别数据所涉及的个人，也不为此与其他数据关联。",
    "按本申请所述方式保管，期限届满或许可收回时删除。",
    "发生泄露或滥用的，立即报告数据归属单位。",
    "每次数据提供均有记录（对象、内容、时间）。"
    "违反本条款的，数据归属单位可以冻结或收回使用许可。",
)
_EN = (
    "The data are used for the purpose stated here and for nothing else.",
    "They are not passed on. Passing them on needs a written application to the data "
    "owner or its superior authority; third parties may be given desensitized data "
    "only.",
    "Nobody tries to find out who stands behind the data, or links them with other "
    "data to that end.",
    "They are kept as described here, and deleted when the period ends or the grant is "
    "revoked.",
    "A leak or a misuse is reported to the data owner at once.",
    "Each delivery is recorded: who, what, when. The data owner may freeze or revoke "
    "the grant where these terms are broken.",
)


@dataclass(frozen=True)
class Terms:
    """A version of the agreement: one clause a line, in both languages."""

    version: str
    text_zh: str
    text_en: str
    digest: str

    def text(self, language: str) -> str:
        """The text in the reader's language; the Chinese one is decisive."""
        chosen = self.text_zh if language.startswith("zh") else self.text_en
        return chosen or self.text_zh


def digest(version: str, text_zh: str, text_en: str) -> str:
    """SHA-256 (hex) over the version and both texts."""
    told = json.dumps([version, text_zh, text_en], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def clauses(text: str) -> list[str]:
    """The clauses of a text, without blank lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def tidy(text: str) -> str:
    """A text as it is kept and hashed: one clause a line."""
    return "\n".join(clauses(text.replace("\x00", "")))


STANDARD = Terms(
    FIRST, "\n".join(_ZH), "\n".join(_EN), digest(FIRST, "\n".join(_ZH), "\n".join(_EN))
)
