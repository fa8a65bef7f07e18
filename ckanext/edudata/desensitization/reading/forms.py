"""Forms: labels and values side by side or one below the other, and no row that names
the columns (姓名 | 张三 | 性别 | 男). One sheet is then one record, or a few."""

from __future__ import annotations

import re

from .sheets import Batch, Row

#: No form has more rows than this.
MAX_ROWS = 120
#: What forms about a person ask for (登记表, 申请表, 基本情况表, 学籍卡).
_LABEL = re.compile(
    r"(?:学生|幼儿|教师|申请人|本人|家长|父亲|母亲|监护人|考生|个人)?(?:姓名|性别|"
    r"民族|籍贯|出生(?:日期|年月|地)?|"
    r"身份证(?:件)?(?:号码?)?|证件(?:类型|号码?)|学籍号|学号|考生号|准考证号|班级|"
    r"年级|学校|就读学校|毕业学校|"
    r"(?:联系|办公|家庭|手机)?电话(?:号码)?|手机(?:号码?)?|联系方式|邮箱|"
    r"电子邮[箱件]|邮编|邮政编码|"
    r"(?:家庭|通讯|联系|现)?(?:地址|住址)|户籍(?:地址|所在地)?|户口(?:所在地|性质)?|"
    r"政治面貌|学历|学位|"
    r"职称|职务|专业|工作单位|单位|部门|健康状况|血型|身高|体重|照片|特长|爱好|备注|"
    r"签名|签字|日期|"
    r"年龄|国籍|语文|数学|英语|外语|总分|与[本该]人关系|关系|称谓|紧急联系人|监护人|"
    r"班主任|家长|父亲|母亲)",
)
#: One of these at least makes it a form about somebody.
_OWN = re.compile(
    r".*(?:姓名|性别|出生|民族|籍贯|身份证|证件|学籍号|学号|考号|考生号|准考证|电话|"
    r"手机|联系方式|地址|住址|"
    r"户籍|监护人|家长|父亲|母亲|联系人)"
)
_COLON = re.compile(r"[\u3400-\u9fffA-Za-z ]{1,12}[:：]")


def _is_label(cell: str | None) -> bool:
    if cell is None:
        return False
    text = re.sub(r"[\s\u3000]+", "", cell)
    return bool(_COLON.fullmatch(text) or _LABEL.fullmatch(text.rstrip(":：")))


def _is_pair(cell: str) -> bool:
    label, colon, value = re.sub(r"[\s\u3000]+", "", cell).partition("：")
    if not colon:
        label, colon, value = label.partition(":")
    return bool(colon and value and _LABEL.fullmatch(label))


def _texts(row: Row) -> list[str]:
    return [cell for cell in row if cell is not None and cell.strip()]


def is_form(sample: Batch) -> bool:
    """Whether labels stand at the start of rows, each before what it names."""
    rows = [row for row in sample if any(cell and cell.strip() for cell in row)]
    if not 2 <= len(rows) <= MAX_ROWS:
        return False
    wide = [row for row in rows if len(_texts(row)) > 1]
    if not wide or not _leads(wide[0]):
        # 字段 | 说明 | 类型 above them: a table of what forms ask for.
        return False
    led = [row for row in rows if _leads(row)]
    heads = [row for row in rows if _names_columns(row)]
    own = any(_OWN.match(re.sub(r"\s+", "", _texts(row)[0])) for row in led)
    return own and len(led) >= 2 and len(led) >= 0.4 * len(rows) and not heads


def _leads(row: Row) -> bool:
    """A label first, and something that is none after it, or both in one cell."""
    cells = _texts(row)
    if cells and _is_pair(cells[0]):
        return True
    return (
        len(cells) >= 2
        and _is_label(cells[0])
        and any(not _is_label(cell) for cell in cells[1:])
    )


def _names_columns(row: Row) -> bool:
    """Two labels running, and nothing but labels: the header of a table."""
    cells = _texts(row)
    return len(cells) >= 2 and all(_is_label(cell) for cell in cells)
