"""Address down to a door: road and number, lane, village group or building and room.

A place name alone is no address (区县, 街道 and school names must pass), so a
number of a door is demanded. GB/T 23705-2009 names the parts. An institution's address
is one too; the standing rule for institutions lets it pass."""

from __future__ import annotations

from .base import TableRecognizer

_HAN = "\u3400-\u9fff"
_N = r"[0-9一二三四五六七八九十百零〇]{1,6}"
#: 100, 100-102, 1065甲, 12之3
_DOOR = _N + r"(?:[甲乙丙丁A-Za-z]|(?:[-~、/]|之)[0-9]{1,5})?"
_ROAD = (
    rf"[{_HAN}A-Za-z0-9]{{0,8}}[{_HAN}]"
    r"(?:(?<![思线回铁])路|(?<![知味报频赛轨管渠隧河航街])道|大街|(?<![道])街|胡同|巷|弄|"
    r"(?<![公这那哪英华手心家校夜屋店城嘴眼海千万百])里|坊)"
    r"(?:[东南西北中]段?|[一二三四五六七八九十]段)?"
)
# 各街道3号前报送: the third of a month; 地铁3号线, 南京路2号文件.
_NOT_DOOR = (
    r"(?![线文令公通决楼市机]|[之以]?[前后]|起|至|到|[上下]午|晚|开|截|报|发|"
    r"院?(?:社区|居委|居民委))"
)
_ESTATE = (
    r"(?:小区|新村|[一二三四五六七八九十]村|公寓|花园|花苑|家园|[佳名雅馨丽嘉新]苑|华庭|名邸|"
    r"别墅|家属[院楼]|大院|大楼|大厦|广场|宿舍|公馆|府邸)"
)
_ENGLISH_ROAD = r"(?:road|rd|street|str|avenue|ave|lane|lu)(?![a-z])"


class AddressRecognizer(TableRecognizer):
    """上海市徐汇区天平路100弄3号502室; 某某村12组8号; 田林十二村5号401室; No. 100,
    Tianping Road; 3号楼301 only beside a word of living."""

    ENTITY = "ADDRESS"
    CONTEXT = [
        "住址",
        "地址",
        "家住",
        "住在",
        "现住",
        "户籍",
        "居住",
        "住所",
        "寄往",
        "address",
    ]
    PATTERNS = [
        (
            "road and number",
            rf"{_ROAD} ?(?:\([^()]{{1,12}}\) ?)?{_DOOR} ?(?:支?弄|号){_NOT_DOOR}",
            0.6,
        ),
        (
            "village and group",
            rf"[{_HAN}]{{1,8}}(?:村|屯|庄|寨|坝|湾|浜|宅) ?第?{_N} ?(?:村民小)?"
            rf"(?:组|队|社)",
            0.6,
        ),
        (
            "village and number",
            rf"[{_HAN}]{{1,8}}(?:[^幼小农](?:村|屯|庄|寨)|宅) ?{_N} ?号{_NOT_DOOR}",
            0.6,
        ),
        (
            "estate and number",
            rf"[{_HAN}]{{1,8}}{_ESTATE} ?{_DOOR} ?(?:号楼?|栋|幢|座|弄){_NOT_DOOR}",
            0.6,
        ),
        (
            "unit and room",
            rf"{_N} ?(?:栋|幢|座|号楼?) ?{_N} ?单元 ?[0-9]{{2,5}}(?![0-9年人])",
            0.6,
        ),
        (
            # Lecture rooms and examination rooms are written so too.
            "building and room",
            rf"{_N} ?(?:栋|幢|座|号楼|号) ?[0-9]{{3,4}} ?(?:室|房|户)(?![间外])",
            0.3,
        ),
        (
            "number and road in English",
            r"(?<![0-9A-Za-z])(?:no\.? ?)?[0-9]{1,5}(?:,? ?lane [0-9]{1,5})?,? "
            rf"(?:[a-z']{{2,20}} ){{1,3}}{_ENGLISH_ROAD}",
            0.5,
        ),
        (
            "lane and road in English",
            r"(?<![0-9A-Za-z])(?:lane|alley) [0-9]{1,5},? "
            rf"(?:[a-z']{{2,20}} ){{1,3}}{_ENGLISH_ROAD}",
            0.6,
        ),
    ]
