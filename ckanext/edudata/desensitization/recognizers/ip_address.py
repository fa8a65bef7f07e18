"""IP address of a person (RFC 791, RFC 4291; GB/T 35273-2020 Annex A: online record):
only where a word says that somebody came from it. Versions and servers are none."""

from __future__ import annotations

import ipaddress

from .numbers import NumberRecognizer

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_SERVER = (
    "服务器", "网关", "掩码", "网段", "dns", "子网", "域名", "交换机", "路由", "server",
    "gateway", "版本", "version", "端口",
)  # fmt: skip


class IpAddressRecognizer(NumberRecognizer):
    """IPv4 and IPv6 beside 登录, 访问, 客户端 or IP."""

    ENTITY = "IP_ADDRESS"
    CONTEXT = [
        "登录", "登陆", "访问", "客户端", "终端", "来源", "用户", "访客", "上网",
        "ip地址", "ip:",
        "ip为", "ip ", "_ip", "login", "client", "remote",
    ]  # fmt: skip
    PATTERNS = [
        (
            "IPv4",
            r"(?<![0-9A-Za-z.])(?<![vV]\.)(?:" + _BYTE + r"\.){3}" + _BYTE
            + r"(?![0-9A-Za-z])(?!\.[0-9])",
            0.3,
        ),
        (
            "IPv6",
            r"(?<![0-9A-F]:)(?<!::)(?<![0-9A-Za-z.])(?:[0-9A-F]{1,4}:){2,7}(?::|"
            r"(?::?[0-9A-F]{1,4}){1,6})"
            r"(?![0-9A-Za-z:])",
            0.3,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        try:
            address = ipaddress.ip_address(text[start:end])
        except ValueError:
            return 0
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            return 0
        if address.version == 4 and (
            address.packed[0] in (0, 255) or address.packed[3] == 0
        ):
            return 0
        around = text[max(0, start - 12) : end + 8].lower()
        # 5.2.1.3 is a version, unless it is called an address.
        if address.version == 4 and max(address.packed) < 64 and "ip" not in around:
            return 0
        return 0 if any(word in around for word in _SERVER) else base

    def in_context(self, words: str) -> bool:
        low = words.lower().strip()
        if any(word in low for word in _SERVER):
            return False
        return low == "ip" or super().in_context(words)
