"""A column's name in the forms in which it is compared, and whether it counts or
describes what it names instead of holding it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .text import normalise, simplified

_BRACKETS = re.compile(r"[(\[【〔<「][^()\[\]【】〔〕<>「」]*[)\]】〕>」]")
_FRONT = re.compile(
    r"^[\s*#★☆•·▲●◆:]*(?:(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})[.、:)]\s*|"
    r"[0-9]{1,3}\s+)?[\s*#★☆]*"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\s_./\\\-—:>→|#*]+")

#: 身份证办理人数, 手机品牌, 证件类型, 电话费, 是否有护照: no identifier is below them.
_END = re.compile(
    r"(?:(?:数|数量|总量|总计|合计|小计|率|比|占比|比例|费|费用|资费|金额|经费|量|额|"
    r"额度|"
    r"型号|品牌|"
    r"类型|类别|种类|类|状态|情况|有效期限?|有效期至|有效期起|期限|到期日?|机关|时间|"
    r"时长|时刻|"
    r"(?<!出生)日期|次|套餐|用途|要求|说明|备注|位数|长度|格式|规则|规格|系统|公众号|"
    r"小程序|群|群号|"
    r"归属地|运营商|网址|网站|链接|端口|途径|渠道|方法|须知|流程|材料|地点|办法|完整度|"
    r"正确|一致|"
    r"匹配|校验|结果|标志|尺寸|颜色|价格|单价|价|均价|版本|厂商|厂家|应用|支付|普及|"
    r"覆盖|段|"
    r"使用|开通|办理|拥有|持有|注册|认证|绑定|人|层|年级|学历|专业|等级)|"
    r"(?:^|[ ])(?:counts?|rate|ratio|total|percent(?:age)?|types?|model|brand|status|"
    r"expiry|share|coverage|usage|length|format|valid|users?|owners?|price|cost|fee|"
    r"date|time|version|stats|statistics|survey|access|penetration|subscri\w+|lines))$",
    re.I,
)
_ANYWHERE = re.compile(
    r"是否|有无|有没有|能否|多少|几个|通话|来电|咨询量|接听|普及率|拥有量|持有量|官方|"
    r"公众|公共|"
    r"^(?:number|no\.?|num|count|share|rate|percentage|total|proportion) of ",
    re.I,
)
_COUNTED = re.compile(
    r"[(\[【](?:个|人|部|台|次|张|元|万元|亿元|份|%|‰|户|条|门|例|件|只|套|辆|人次|"
    r"百分比|"
    r"分钟|小时|天|岁|年|月)[)\]】]"
)


@dataclass(frozen=True)
class Forms:
    """``full`` and ``bare`` (without brackets and numbering): small letters, words
    apart; ``code``: all Latin letters together, for initials; ``last``: those behind
    the last separator (学生-SFZJH, t_student.xm)."""

    full: str
    bare: str
    code: str
    last: str


@lru_cache(maxsize=4096)
def forms(header: str) -> Forms:
    text = simplified(normalise(header)).strip()
    text = _FRONT.sub("", text).strip(" '\"=")
    bare = _BRACKETS.sub(" ", text).strip() or text.strip("()[]【】〔〕<>「」")
    words = _BETWEEN.sub(" ", _CAMEL.sub(" ", bare)).strip().lower()
    full = re.sub(r"\s+", " ", _CAMEL.sub(" ", text).replace("_", " ")).lower()
    # A blank between Chinese characters only spreads them (姓 名).
    words = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", words)
    full = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", full)
    parts = [p for p in _BETWEEN.split(bare) if p]
    ascii_parts = [p.lower() for p in parts if p.isascii()]
    code = "".join(ascii_parts) if len(ascii_parts) == len(parts) else ""
    last = ascii_parts[-1] if parts and parts[-1].isascii() else ""
    return Forms(full, words, code, last)


def counts_things(header: str) -> bool:
    """Whether a column's name counts, measures or describes identifiers."""
    form = forms(header)
    return bool(
        _END.search(form.bare)
        or _ANYWHERE.search(form.bare)
        or _COUNTED.search(form.full)
    )
