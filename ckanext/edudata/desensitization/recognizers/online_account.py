"""Accounts of persons on online services: QQ, WeChat, and others, right after the
service's name (GB/T 35273-2020 Annex A: network identity). Groups and public accounts
are nobody's."""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import NumberRecognizer

_GAP = r"[ \t]{0,3}(?:[:=为是#(\[\"'@][ \t]?){0,3}"
_QQ = r"(?<![A-Za-z])(?:QQ|扣扣|企鹅)(?:号码|帐号|账号|号)?(?!群)" + _GAP
_SIGN = r"(?:[ \t]?[:=为是#(\[\"'@][ \t]?)"
_WECHAT = (
    r"(?:微信|(?<![A-Za-z])(?:wechat|weixin|wx|vx))"
    rf"(?:(?:号码|帐号|账号|号)(?:{_SIGN}{{1,3}}|[ \t]?)|(?:[ _]?id)?{_SIGN}{{1,3}})"
)
_OTHER = (
    r"(?:抖音|快手|微博|钉钉|支付宝|小红书|陌陌|skype|飞书)(?:号码|帐号|账号|号|id)"
    + _SIGN
    + "{1,3}"
)


class OnlineAccountRecognizer(NumberRecognizer):
    """QQ:123456789; 微信号:abc_123; wxid_ and its characters."""

    ENTITY = "ONLINE_ACCOUNT"
    CUE = re.compile(
        f"{_QQ}|{_WECHAT}|{_OTHER}|(?:微信|wechat|weixin)[ \t]{0, 3}(?=[A-Z])", re.I
    )
    PATTERNS = [
        ("QQ", _QQ + r"[1-9][0-9]{4,10}" + AFTER, 0.7),
        ("WeChat", _WECHAT + r"(?:[A-Z][A-Z0-9_\-]{5,19}|1[3-9][0-9]{9})" + AFTER, 0.7),
        (
            "WeChat, no sign",
            r"(?:微信|(?<![A-Za-z])(?:wechat|weixin))[ \t]{0,3}"
            r"(?=[A-Z][A-Z\-]{0,18}[0-9_])[A-Z][A-Z0-9_\-]{5,19}" + AFTER,
            0.6,
        ),
        ("WeChat identifier", r"(?<![A-Za-z0-9_])wxid_[a-z0-9]{10,22}" + AFTER, 0.9),
        ("other", _OTHER + r"[A-Z0-9][A-Z0-9_.\-@]{3,29}" + AFTER, 0.7),
    ]
