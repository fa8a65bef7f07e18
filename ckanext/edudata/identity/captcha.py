"""A question that people answer and simple programs do not; in words, for every reader.

No picture and no script: it is read aloud like all text. Asked once, for ten minutes;
the answer is not in the page. Drawn here: nobody abroad is called.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from itsdangerous import BadData, URLSafeTimedSerializer

SECONDS = 600
_SALT = "edudata captcha"
_DIGITS = "〇一二三四五六七八九"


def question() -> tuple[str, str]:
    """A question in the page's language, and the token that goes with its form."""
    pick = secrets.SystemRandom()
    kind = pick.randrange(3)
    if kind == 0:
        a, b = pick.randint(11, 49), pick.randint(3, 9)
        words, right = tk._("How much is {a} plus {b}?"), a + b
        text = words.format(a=_said(a), b=_said(b))
    elif kind == 1:
        a, b = pick.randint(21, 69), pick.randint(3, 9)
        words, right = tk._("How much is {a} minus {b}?"), a - b
        text = words.format(a=_said(a), b=_said(b))
    else:
        numbers = pick.sample(range(11, 99), 3)
        words, right = tk._("Which is the largest of {a}, {b} and {c}?"), max(numbers)
        a, b, c = map(_said, numbers)
        text = words.format(a=a, b=b, c=c)
    nonce = secrets.token_urlsafe(12)
    return text, _serializer().dumps([nonce, _mark(nonce, str(right))])


def solved(token: str, answer: str) -> bool:
    """Whether the answer is right, given in time and for the first time.

    :raises RedisError: it cannot be told
    """
    try:
        nonce, mark = _serializer().loads(token, max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        return False
    key = f"edudata:{tk.config['ckan.site_id']}:captcha:{nonce}"
    first = connect_to_redis().set(key, "1", nx=True, ex=SECONDS)
    plain = unicodedata.normalize("NFKC", answer).strip()
    return bool(first) and hmac.compare_digest(mark, _mark(nonce, plain))


def _said(number: int) -> str:
    if not str(tk.h.lang() or "zh").startswith("zh"):
        return str(number)
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")


def _mark(nonce: str, answer: str) -> str:
    text = f"{nonce}:{answer}".encode()
    return hmac.new(_secret(), text, hashlib.sha256).hexdigest()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt=_SALT)


def _secret() -> bytes:
    return str(tk.config.get("SECRET_KEY") or "").encode()
