"""Telephone and mailbox of an office: they may be public, a person's may not. Pure.

Only what is surely an office's passes here; the rest is read like any other text.
"""

from __future__ import annotations

import re

from .recognizers.landline import FOUR, THREE

_PHONE = re.compile(
    r"(?:\+?86[- ]?)?\(?(010|02\d|0[3-9]\d{2})\)?[- ]?"
    r"([2-9]\d{6,7})(?:[-转]\d{1,6})?"
)
#: 400 and 800 numbers and the short numbers of services (12345, 962011).
_SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}|12\d{3}|96\d{3,4}")
_MAIL = re.compile(
    r"([A-Za-z][A-Za-z0-9._-]{0,63})@((?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})"
)
#: Mailboxes that anybody may have.
_PUBLIC = re.compile(
    r"(?:.*\.)?(?:qq|foxmail|163|126|188|139|189|wo|yeah|sina|sohu|tom|21cn|aliyun|"
    r"263|2980|gmail|googlemail|outlook|hotmail|live|msn|icloud|me|mac|yahoo|proton|"
    r"protonmail|gmx|mail|email|tutanota|yandex|zoho)"
    r"\.(?:com|cn|net|com\.cn|vip|me|org|ru|hk|com\.hk|co\.jp|vip\.com)",
    re.I,
)
_OFFICE_WORD = re.compile(
    r"office|info|admin|service|contact|data|school|edu|dept|center|centre|mail|web|"
    r"help|public|open|bgs|ban?gong|jiaoyu|xuexiao|xinxi|zhaosheng|keji|renshi|jiaowu|"
    r"shuju|gongkai|dangan|xxgk|jyj|jyw|zsb|jwc|xxzx|sjzx",
    re.I,
)
_SURNAMES = (
    "wang|li|zhang|liu|chen|yang|huang|zhao|wu|zhou|xu|sun|ma|zhu|hu|guo|he|lin|gao|"
    "luo|zheng|liang|xie|song|tang|han|feng|deng|cao|peng|zeng|xiao|tian|dong|pan|"
    "yuan|cai|jiang|yu|du|ye|cheng|wei|su|lv|lu|ding|ren|yao|shen|zhong|cui|tan|fan|"
    "shi|jin|liao|jia|xia|fu|fang|zou|xiong|bai|meng|qin|qiu|hou|yin|xue|yan|lei|long|"
    "tao|qian|dai|mo|kong|xiang|chang|gu|hao|gong|shao|wan|ouyang|zhuge|shangguan"
)
_SYLLABLE = (
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|"
    r"ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_NAME = re.compile(
    rf"(?:{_SURNAMES})[._-]?{_SYLLABLE}(?:[._-]?{_SYLLABLE})?\d{{0,4}}"
    rf"|{_SYLLABLE}{_SYLLABLE}?[._-](?:{_SURNAMES})\d{{0,4}}",
    re.I,
)


_PERSON = re.compile(
    r"(?:^|[、,，;；\s（(：:])[\u3400-\u9fff]{1,3}(?:老师|先生|女士|同志|主任|校长|园长|书记|"
    r"科长|处长|局长|院长|所长|教授)(?:$|[、,，;；\s）)])|联系人"
)


def names_person(text: str) -> bool:
    """Whether an office is told by who sits in it: 王老师, 办公室（李主任）.

    >>> names_person("王老师"), names_person("校长办公室")
    (True, False)
    """
    return bool(_PERSON.search(text.strip()))


def is_office_phone(text: str) -> bool:
    """A landline with its area code, or a service number; never a mobile.

    >>> is_office_phone("021-23116666"), is_office_phone("13800138000")
    (True, False)
    """
    plain = text.strip().replace("（", "(").replace("）", ")").replace("－", "-")
    if _SERVICE.fullmatch(plain):
        return True
    found = _PHONE.fullmatch(plain)
    if found is None:
        return False
    area, number = found.groups()
    return area in THREE | FOUR and (len(number) == 8 or area in FOUR)


def is_office_mail(text: str) -> bool:
    """A mailbox at an own domain whose name is no person's and no long number.

    >>> is_office_mail("bgs@xh.edu.cn"), is_office_mail("zhangsan@xh.edu.cn")
    (True, False)
    """
    found = _MAIL.fullmatch(text.strip())
    if found is None:
        return False
    local, domain = found.groups()
    if _PUBLIC.fullmatch(domain) or re.search(r"\d{5}", local):
        return False
    return bool(_OFFICE_WORD.search(local)) or not _NAME.fullmatch(local)
