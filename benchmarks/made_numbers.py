"""Valid numbers of nobody, made by their standards, and every way cells hold them.

Nothing here uses the product's own checks: GB 11643 and ISO 7064 MOD 11-2 for resident
and permit numbers, ISO/IEC 7812 (Luhn) for cards and IMEI, GA 36 for plates.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.made import Maker

#: Some of GB/T 2260: old and new codes, all kinds of provinces.
_AREAS = (
    "110101 110108 120104 130102 140105 150102 210102 220104 230103 310101 310104 "
    "310105 310106 310107 310109 310110 310112 310113 310114 310115 310116 310117 "
    "310118 310120 310151 310103 310108 310119 310225 310230 320102 320106 320506 "
    "330106 330203 340104 350203 360102 370102 370203 410105 420106 430104 440106 "
    "440305 450103 460105 500103 510104 520103 530102 540102 610104 620102 630104 "
    "640104 650102 650105 652901 653101"
).split()
_PREFIXES = (
    "130 131 132 133 134 135 136 137 138 139 145 147 150 151 152 153 155 156 157 "
    "158 159 162 165 166 167 170 171 172 173 175 176 177 178 180 181 182 183 184 "
    "185 186 187 188 189 190 191 192 193 195 196 197 198 199"
).split()
_BINS = "622202 621700 622848 621661 622588 621226 625912 621799 622155 620522".split()
_BIG, _SMALL = ["010", "021", "020", "025", "027", "028"], ["0512", "0571", "0551"]
_WEIGHTS = [2**n % 11 for n in range(17, 0, -1)]
#: Words that stand before and behind a number in a sentence.
_SAID = ["{0}{1}已核对", "该生{0}为{1}，请复核", "备注：{0}：{1}", "{0} {1}"]


def mod_11_2(body: str) -> str:
    """With the check character of GB 11643."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def luhn(body: str) -> str:
    """With the check digit of ISO/IEC 7812."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        digit = int(sign) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return body + str(-total % 10)


def birth(m: Maker, form: str = "%Y%m%d") -> str:
    return m.day(1950, 2019).strftime(form)


def _id18(m: Maker, last: str = "") -> str:
    while True:
        number = mod_11_2(m.chance.choice(_AREAS) + birth(m) + m.digits(3))
        if not last or number[-1] == last:
            return number


def _id15(m: Maker) -> str:
    day = m.day(1950, 1998).strftime("%y%m%d")
    return m.chance.choice(_AREAS) + day + m.digits(3)


def _hmt(m: Maker) -> str:
    area = m.chance.choice(["810000", "820000", "830000"])
    return mod_11_2(area + birth(m) + m.digits(3))


def _foreigner(m: Maker) -> str:
    land = m.chance.choice(["840", "392", "276", "826", "410", "036", "124"])
    area = m.chance.choice(_AREAS)[:2]
    return mod_11_2(f"9{area}{land}{birth(m)}{m.digits(3)}")


def _foreigner_old(m: Maker) -> str:
    land = m.chance.choice(["USA", "DEU", "JPN", "GBR", "KOR", "CAN", "FRA"])
    return land + m.chance.choice(_AREAS)[:4] + birth(m, "%y%m%d") + m.digits(2)


def _card(m: Maker) -> str:
    size = m.chance.choice([16, 19, 19])
    start = m.chance.choice(_BINS)
    return luhn(start + m.digits(size - 1 - len(start)))


def _mobile(m: Maker) -> str:
    return m.chance.choice(_PREFIXES) + m.digits(8)


def _landline(m: Maker) -> str:
    if m.chance.random() < 0.7:
        return m.chance.choice(_BIG) + "-" + m.chance.choice("568") + m.digits(7)
    return m.chance.choice(_SMALL) + "-" + m.chance.choice("68") + m.digits(7)


def _plate(m: Maker, form: str) -> str:
    return (
        m.chance.choice("沪苏浙皖京粤鲁") + m.chance.choice("ABCDE") + m.pattern(form)
    )


def _student(m: Maker) -> str:
    return m.chance.choice(["2023", "2024", "S2025", "22"]) + m.digits(6)


def _examinee(m: Maker) -> str:
    return m.chance.choice(["24", "25"]) + m.chance.choice(_AREAS) + m.digits(6)


def _certificate(m: Maker) -> str:
    return (
        f"{m.chance.randint(1996, 2025)}{m.chance.choice(_AREAS)[:2]}{m.digits(3)}"
        f"{m.chance.randint(1, 7)}{m.chance.randint(1, 2)}{m.digits(6)}"
    )


def _mail(m: Maker) -> str:
    host = m.chance.choice(["qq.com", "163.com", "126.com", "sina.cn", "sjtu.edu.cn"])
    return f"{m.fake.user_name()}{m.chance.randint(1, 99)}@{host}"


def _address(m: Maker, number: int = 4) -> str:
    if number == 4:
        first = m.chance.choice([58, 101, 114, 117, 140, 180, 202, 218, 222])
        return ".".join(str(n) for n in (first, *m.chance.choices(range(1, 251), k=3)))
    return "2408:" + ":".join(f"{m.chance.randint(4096, 65535):x}" for _ in range(7))


def _mac(m: Maker) -> str:
    body = f"a{m.chance.randrange(16):x}" + m.fake.md5()[:10]
    return ":".join(body[n : n + 2] for n in range(0, 12, 2)).upper()


def _position(m: Maker) -> str:
    return f"{m.chance.uniform(121, 121.9):.6f},{m.chance.uniform(30.8, 31.5):.6f}"


@dataclass(frozen=True)
class Number:
    """``alone``: proves itself; without it a word or a column's name must say it.
    ``dresses``: names of :data:`DRESSES` besides the common ones."""

    entity: str
    form: str
    make: Callable[[Maker], str]
    words: tuple[str, ...]
    headers: tuple[str, ...]
    alone: bool = False
    dresses: tuple[str, ...] = ()


def _cut(text: str, sign: str, *places: int) -> str:
    edges = [0, *places, len(text)]
    return sign.join(text[a:b] for a, b in pairwise(edges))


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _fours(text: str, sign: str) -> str:
    return _cut(text, sign, *range(4, len(text), 4))


DRESSES: dict[str, Callable[[str], str]] = {
    "plain": lambda n: n,
    "full width": full_width,
    "quote in front": lambda n: "'" + n,
    "in parentheses": lambda n: f"（{n}）",
    "as formula": lambda n: f'="{n}"',
    "blanks around": lambda n: f" \u3000{n}\t",
    "small letters": str.lower,
    "6 8 4": lambda n: _cut(n, " ", 6, 14),
    "6-8-4": lambda n: _cut(n, "-", 6, 14),
    "6.8.4": lambda n: _cut(n, ".", 6, 14),
    "fours": lambda n: _fours(n, " "),
    "fours-": lambda n: _fours(n, "-"),
    "3 4 4": lambda n: _cut(n, " ", 3, 7),
    "3-4-4": lambda n: _cut(n, "-", 3, 7),
    "3.4.4": lambda n: _cut(n, ".", 3, 7),
    "+86": lambda n: "+86" + n,
    "+86 ": lambda n: "+86 " + n,
    "0086": lambda n: "0086" + n,
    "(+86)": lambda n: f"(+86){n}",
    "86-": lambda n: "86-" + n,
    "float": lambda n: n + ".0",
    "no sign": lambda n: n.replace("-", ""),
    "blank": lambda n: n.replace("-", " "),
    "(area)": lambda n: "(" + n.replace("-", ")"),
    "（area）": lambda n: "（" + n.replace("-", "）"),
    "转": lambda n: n + "转8012",
    "-ext": lambda n: n + "-801",
    "+86-area": lambda n: "+86-" + n.lstrip("0"),
    "dot": lambda n: n[:2] + "·" + n[2:],
    "plate blank": lambda n: n[:2] + " " + n[2:],
    "plate hyphen": lambda n: n[:2] + "-" + n[2:],
    "cut to 15": lambda n: n[:15] + "000",
    "E+17": lambda n: f"{n[0]}.{n[1:15].rstrip('0')}E+17",
    "-hex": lambda n: n.replace(":", "-"),
    "blank in pair": lambda n: n.replace(",", ", "),
    "written at": lambda n: n.replace("@", "[at]"),
}
COMMON = ("plain", "full width", "quote in front", "in parentheses", "as formula",
          "blanks around")  # fmt: skip
_SPLIT = ("6 8 4", "6-8-4", "6.8.4", "fours")
_PHONE = ("3 4 4", "3-4-4", "3.4.4", "+86", "+86 ", "0086", "(+86)", "86-", "float")
_LINE = ("no sign", "blank", "(area)", "（area）", "转", "-ext", "+86-area")
_ID = ("身份证号", "公民身份号码", "身份证号码", "IDCard", "id_card_no", "shenfenzhenghao",
       "sfzh", "SFZJH", "证件号码")  # fmt: skip


def _n(entity: str, form: str, make: Callable[[Maker], str], words: str, headers: str,
       alone: bool = False, dresses: tuple[str, ...] = ()) -> Number:  # fmt: skip
    return Number(entity, form, make, tuple(words.split()), tuple(headers.split("|")),
                  alone, dresses)  # fmt: skip


NUMBERS = [
    Number("CN_RESIDENT_ID", "18", _id18, ("身份证", "身份证号", "证件"), _ID, True, _SPLIT),
    Number("CN_RESIDENT_ID", "18 X", lambda m: _id18(m, "X"), ("身份证号",), _ID, True,
           ("small letters", *_SPLIT)),
    Number("CN_RESIDENT_ID", "15", _id15, ("身份证号",), _ID, True),
    Number("CN_RESIDENT_ID", "cut", _id18, (), _ID, False, ("cut to 15", "E+17")),
    _n("HMT_RESIDENCE_PERMIT", "18", _hmt, "居住证 港澳台居民居住证", "港澳台居民居住证号|居住证号码", True, ("6 8 4", "6-8-4")),
    _n("HMT_TRAVEL_PERMIT", "HK", lambda m: m.chance.choice("HM") + m.digits(8), "回乡证 通行证号 港澳居民来往内地通行证", "回乡证号|来往内地通行证号码"),
    _n("HMT_TRAVEL_PERMIT", "TW", lambda m: m.digits(8), "台胞证 台胞证号 台湾居民来往大陆通行证", "台胞证号|来往大陆通行证号"),
    _n("FOREIGNER_ID", "18", _foreigner, "外国人永久居留身份证 永居证", "外国人永久居留身份证号|永久居留证号", True, ("6 8 4",)),
    _n("FOREIGNER_ID", "15", _foreigner_old, "外国人永久居留证 永久居留身份证", "外国人永久居留证号|永久居留证号", True),
    _n("PASSPORT", "E", lambda m: m.pattern("EA9999999"), "护照 护照号 passport", "护照号码|护照号|passport_no|PassportNumber|hzh"),
    _n("PASSPORT", "G", lambda m: "G" + m.digits(8), "护照号码 护照", "护照号|passport"),
    _n("PASSPORT", "foreign", lambda m: m.chance.choice(["", "X", "AB"]) + m.digits(8), "护照号 passport", "护照号码|passport no"),
    _n("STUDENT_REGISTRATION", "G", lambda m: "G" + _id18(m), "学籍号 全国学籍号", "学籍号|全国学籍号|xjh|XJH|学籍辅号", True, ("small letters",)),
    _n("STUDENT_REGISTRATION", "L", lambda m: "L" + _id18(m), "学籍号 临时学籍号", "学籍号|学籍号码|xuejihao", True),
    _n("STUDENT_REGISTRATION", "J", lambda m: "J" + _id18(m), "学籍号", "学籍号|xsxjh", True),
    _n("STUDENT_NUMBER", "学号", _student, "学号 学生编号", "学号|student_id|StudentNo|xuehao|xh|XH"),
    _n("STUDENT_NUMBER", "考生号", _examinee, "考生号 准考证号 高考考生号", "考生号|准考证号|ksh|KSH|zkzh|考号"),
    _n("STAFF_NUMBER", "", lambda m: m.chance.choice(["", "T", "JS"]) + m.digits(7), "工号 教工号 职工号", "工号|教工号|staff_id|gonghao|gh|GH|职工编号"),
    _n("TEACHER_CERTIFICATE", "", _certificate, "教师资格证书号 教师资格证号", "教师资格证号|教师资格证书编号|jszgzh"),
    _n("MILITARY_ID", "", lambda m: f"{m.chance.choice('军海空政参后')}字第{m.digits(7)}号", "军官证 士兵证 军官证号", "军官证号|士兵证号码", True),
    _n("POLICE_ID", "", lambda m: m.chance.choice(["0", "1"]) + m.digits(5), "警号 警官证号", "警号|警官证号"),
    _n("SOCIAL_SECURITY", "", lambda m: m.chance.choice([m.pattern("A99999999"), "31" + m.digits(10)]), "社保卡号 医保编号 社会保障卡号", "社保卡号|医保编号|社会保障号|sbkh|医疗保险号"),
    _n("DRIVING_LICENCE", "", lambda m: "31" + m.digits(10), "驾驶证档案编号 驾驶证号", "驾驶证档案编号|驾驶证号|jszh"),
    _n("PERSONAL_DOCUMENT", "birth", lambda m: m.pattern("A999999999"), "出生医学证明编号 出生证编号", "出生医学证明编号|出生证编号"),
    _n("PERSONAL_DOCUMENT", "disability", lambda m: f"{_id18(m)}{m.chance.randint(1, 7)}{m.chance.randint(1, 4)}", "残疾证号 残疾人证号", "残疾证号|残疾人证号码", True),
    _n("BANK_CARD", "", _card, "银行卡 卡号 银行账号", "银行卡号|工资卡号|bank_card|yhkh|银行账号", True, ("fours", "fours-")),
    _n("MOBILE", "", _mobile, "手机 电话 联系电话 手机号", "手机号码|手机|家长手机|mobile|phone_mobile|shoujihao|sjh|SJHM|父亲手机", True, _PHONE),
    _n("LANDLINE", "", _landline, "电话 座机 联系电话", "固定电话|联系电话|座机|telephone|dianhua|lxdh|LXDH|宅电", True, _LINE),
    _n("EMAIL", "", _mail, "邮箱 电子邮件 email", "邮箱|电子邮箱|email|Email|youxiang|dzxx|DZXX", True),
    _n("ONLINE_ACCOUNT", "QQ", lambda m: m.chance.choice("123456789") + m.digits(8), "QQ QQ号", "QQ|QQ号|qq_number|qqh"),
    _n("ONLINE_ACCOUNT", "WeChat", lambda m: m.fake.user_name() + "_" + m.digits(4), "微信号 微信", "微信号|wechat|weixin|wxh"),
    _n("VEHICLE_PLATE", "", lambda m: _plate(m, m.chance.choice(["99999", "A9999", "9A999"])), "车牌 车牌号", "车牌号|车牌号码|plate_no|cph", True, ("dot", "plate blank", "plate hyphen", "small letters")),
    _n("VEHICLE_PLATE", "new energy", lambda m: _plate(m, m.chance.choice(["D99999", "F99999", "99999D"])), "车牌号", "车牌号|chepaihao", True, ("dot", "plate blank")),
    _n("VEHICLE_PLATE", "学警挂港", lambda m: _plate(m, "9999") + m.chance.choice("学警挂"), "车牌号", "车牌", True),
    _n("IP_ADDRESS", "4", _address, "登录IP 访问IP 客户端IP", "登录IP|client_ip|ip地址|用户IP"),
    _n("IP_ADDRESS", "6", lambda m: _address(m, 6), "登录IP 访问IP", "登录IP|client_ip"),
    _n("DEVICE_ID", "MAC", _mac, "MAC地址 终端MAC", "MAC地址|mac|设备MAC", True, ("-hex", "small letters")),
    _n("DEVICE_ID", "IMEI", lambda m: luhn("86" + m.digits(12)), "IMEI 手机串号", "IMEI|手机串号|imei"),
    _n("LOCATION", "", _position, "家庭位置 学生定位 住址坐标", "家庭坐标|学生位置|home_location|签到位置", False, ("blank in pair",)),
]  # fmt: skip


def broken(m: Maker) -> list[tuple[str, str]]:
    """Numbers whose check digit is wrong: (entity it must not be, text)."""

    def off(number: str) -> str:
        return number[:-1] + str((int(number[-1].replace("X", "3")) + 3) % 10)

    return [
        ("CN_RESIDENT_ID", off(_id18(m, "5"))),
        ("HMT_RESIDENCE_PERMIT", off(_hmt(m))),
        ("BANK_CARD", off(_card(m))),
        ("CN_RESIDENT_ID", m.chance.choice(_AREAS) + "20231345" + m.digits(4)),
        ("DEVICE_ID", off(luhn("86" + m.digits(12)))),
    ]


#: Texts that no check may take for a person's, by what they are.
LOOK_ALIKES: dict[str, str | Callable[[Maker], str]] = {
    "credit code": "@uscc",
    "ISBN": "@isbn",
    "ISSN": "@issn",
    "EAN": "@ean",
    "school code": "#3131999999",
    "university code": "#4131010999",
    "asset number": "#ZC2024-99999",
    "order number": "#DD2024011599999999",
    "contract number": "#HT-2024-9999",
    "document number": "@docno",
    "standard": "@gb",
    "ICP": "@icp",
    "version": "@version",
    "hash": "@hash",
    "website": "@url",
    "DOI": "@doi",
    "point in time": lambda m: m.day().strftime("%Y%m%d") + "093015",
    "unix time": lambda m: f"16{m.digits(8)}",
    "unix milliseconds": lambda m: f"17{m.digits(11)}",
    "day": "@date",
    "years": lambda m: f"{m.chance.randint(2010, 2018)}-{m.chance.randint(2019, 2026)}",
    "amount": lambda m: f"{m.chance.randint(10**6, 10**9):,}.00",
    "large amount": lambda m: f"{m.chance.randint(10**10, 10**11)}.{m.digits(2)}",
    "large count": lambda m: f"{m.chance.randint(2 * 10**10, 10**11)}",
    "hotline": lambda m: m.chance.choice(["12345", "12355", "962525", "95588"]),
    "400 line": "#400-820-9999",
    "project code": "#2403-310104-04-01-999999",
    "plot": "#310104-99-99",
    "coordinates of a school": lambda m: (
        f"{m.word('school')}中学 {m.chance.uniform(121, 121.9):.6f},31.210000"
    ),
    "model": "#AA-9999A",
    "room": lambda m: f"{m.word('school')}楼{m.digits(3)}",
    "university": "高校",
    "company": lambda m: f"上海{m.word('school')}{m.word('学科')}用品有限公司",
    "decimal": lambda m: f"{m.chance.uniform(0, 1):.16f}",
    "page range": "%~100..199-~200..299",
    "score": lambda m: f"{m.chance.randint(1, 9)}-{m.chance.randint(1, 9)}",
    "server": lambda m: f"服务器地址192.168.{m.chance.randint(1, 9)}.10",
}


def dresses_of(number: Number) -> list[str]:
    return [*(() if number.form == "cut" else COMMON), *number.dresses]


#: Ways of spreadsheets that are not seen within a sentence.
_CELL_ONLY = {"quote in front", "as formula", "blanks around"}


def said(m: Maker, number: Number, dress: str = "plain") -> str:
    """In a sentence, glued to Chinese, after a word that names it."""
    text = DRESSES["plain" if dress in _CELL_ONLY else dress](number.make(m))
    word, form = m.chance.choice(number.words), m.chance.choice(_SAID)
    if word[-1].isascii() and word != "QQ" and "{0}{1}" in form:
        word += "："
    return form.format(word, text)
