"""What becomes an entry in the demonstration, and how far it goes. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field

DRAFT, SUBMITTED, RELEASED = "draft", "submitted", "released"

COMMON = {
    "type": "entry",
    "update_cycle": "annual",
    "opening_class": "unconditional",
    "sharing_class": "unconditional",
    "data_class": "management",
    "data_grade": "general",
    "no_state_secret": "true",
}


@dataclass(frozen=True)
class Story:
    """An entry: its file in `data/`, its people, the state it is taken to.

    `items` are its information items: name of the column, type, description. `later`
    are the values it has once desensitized data were made from its file.
    """

    key: str
    file: str
    file_name: str
    unit: str
    compiler: str
    reviewer: str
    goal: str
    values: dict[str, str]
    items: tuple[tuple[str, str, str], ...] = ()
    later: dict[str, str] = field(default_factory=dict)
    dataset: str = ""


STORIES = (
    Story(
        key="universities",
        items=(
            ("序号", "integer", "名单中的顺序号"),
            ("学校名称", "text", "学校全称"),
            ("学校标识码", "text", "10 位学校（机构）标识码"),
            ("主管部门", "text", "举办或者主管学校的部门"),
            ("所在地", "text", "学校所在的城市"),
            ("办学层次", "text", "本科或者专科"),
            ("备注", "text", "民办等情况"),
        ),
        file="universities.xls",
        file_name="全国普通高等学校名单（示例）.xls",
        unit="shjw-gaojiao",
        compiler="compiler",
        reviewer="reviewer",
        goal=RELEASED,
        dataset="gaoxiao-mingdan",
        values={
            "title": "全国普通高等学校名单（示例）",
            "notes": "按省级行政区列出普通高等学校的名称、学校标识码、主管部门、"
            "所在地和办学层次。学校均为虚构，版式与教育部每年公布的名单相同。",
            "subject_database": "school",
            "school_stage": "higher",
            "district": "310000",
            "keywords": "高校,大学,学校标识码,名单",
        },
    ),
    Story(
        key="schools",
        items=(
            ("学校名称", "text", "学校全称"),
            ("学校标识码", "text", "10 位学校（机构）标识码"),
            ("办学类型", "text", "小学、初级中学、高级中学或者九年一贯制学校"),
            ("举办者类型", "text", "公办或者民办"),
            ("所属街道", "text", ""),
            ("班级数", "integer", "本学年的教学班数"),
            ("在校学生数", "integer", "本学年的在校学生总数"),
            ("校舍建筑面积_平方米", "integer", ""),
            ("建校年份", "integer", ""),
        ),
        file="schools.csv",
        file_name="徐汇区中小学名录（示例）.csv",
        unit="xuhui",
        compiler="district-compiler",
        reviewer="district-reviewer",
        goal=RELEASED,
        dataset="xuhui-xuexiao",
        values={
            "title": "徐汇区中小学名录（示例）",
            "notes": "区内中小学的名称、标识码、办学类型、班级数、学生数和校舍面积。"
            "学校均为虚构。",
            "subject_database": "school",
            "school_stage": "all",
            "district": "310104",
            "keywords": "中小学,学校名录,班级数",
        },
    ),
    Story(
        key="stages",
        items=(
            ("代码", "text", "3 位数字，含前导零"),
            ("名称", "text", "学段名称"),
            ("说明", "text", ""),
        ),
        file="stages.csv",
        file_name="学段代码表（示例）.csv",
        unit="shjw-xinxi",
        compiler="compiler",
        reviewer="reviewer",
        goal=RELEASED,
        dataset="xueduan-daima",
        values={
            "title": "学段代码表（示例）",
            "notes": "填报数据资源时使用的学段代码，代码含前导零。",
            "subject_database": "business",
            "school_stage": "all",
            "district": "310000",
            "update_cycle": "irregular",
            "keywords": "代码,学段,标准",
        },
    ),
    Story(
        key="kindergartens",
        items=(
            ("幼儿园名称", "text", ""),
            ("学校标识码", "text", "10 位学校（机构）标识码"),
            ("等级", "text", "示范园、一级园或者二级园"),
            ("举办者类型", "text", "公办或者民办"),
            ("所属街道", "text", ""),
            ("班级数", "integer", ""),
        ),
        file="kindergartens.csv",
        file_name="徐汇区幼儿园名录（示例）.csv",
        unit="xuhui",
        compiler="district-compiler",
        reviewer="district-reviewer",
        goal=SUBMITTED,
        values={
            "title": "徐汇区幼儿园名录（示例）",
            "notes": "区内幼儿园的名称、标识码、等级和班级数。幼儿园均为虚构。",
            "subject_database": "school",
            "school_stage": "preschool",
            "district": "310104",
            "keywords": "幼儿园,学前教育",
        },
    ),
    Story(
        key="venues",
        items=(
            ("场地", "text", ""),
            ("面积_平方米", "integer", ""),
            ("星期", "text", "开放的日子"),
            ("开放时段", "text", "起止时间"),
        ),
        file="venues.csv",
        file_name="校园场地开放时段（示例）.csv",
        unit="wutong-xiaoxue",
        compiler="school-compiler",
        reviewer="district-reviewer",
        goal=DRAFT,
        values={
            "title": "校园场地开放时段（示例）",
            "notes": "学校的运动场地和图书阅览室向周边居民开放的时段，尚在编目。",
            "subject_database": "business",
            "school_stage": "primary",
            "district": "310104",
            "update_cycle": "semiannual",
            "keywords": "场地开放,体育",
        },
    ),
    Story(
        key="roster",
        items=(
            ("姓名", "text", ""),
            ("性别", "text", ""),
            ("出生日期", "date", ""),
            ("身份证号", "text", ""),
            ("班级", "text", ""),
            ("家长手机", "text", ""),
            ("语文", "integer", "期末成绩，满分 100"),
            ("数学", "integer", "期末成绩，满分 100"),
            ("英语", "integer", "期末成绩，满分 100"),
        ),
        file="roster.xlsx",
        file_name="五年级学生名册及期末成绩（虚构）.xlsx",
        unit="wutong-xiaoxue",
        compiler="school-compiler",
        reviewer="district-reviewer",
        goal=RELEASED,
        dataset="wunianji-xueye",
        values={
            "title": "五年级学生期末学业情况（示例）",
            "notes": "一个年级学生的性别、班级和期末成绩。人员均为虚构；"
            "含个人信息的名册仅内部留存，开放的是由它制作的脱敏数据。",
            "subject_database": "student",
            "school_stage": "primary",
            "district": "310104",
            "update_cycle": "semiannual",
            "data_class": "personal",
            "opening_class": "not_open",
            "opening_ground": "privacy",
            "sharing_class": "authorized",
            "sharing_reason": "涉及未成年人",
            "sharing_basis": "《中华人民共和国个人信息保护法》第二十八条",
            "keywords": "学业,成绩,五年级",
        },
        later={
            "opening_class": "conditional",
            "opening_ground": "security_demands",
            "opening_condition": "从事教育研究的自然人、法人和非法人组织可以申请，"
            "须说明安全保障措施，不得尝试识别个人。",
        },
    ),
)
