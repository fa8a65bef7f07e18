"""Honest tables as public bodies publish them, made by script: nobody is in them.

Every kind takes a :class:`random.Random`, so that each seed gives other words, numbers,
column names and shapes.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import random
from collections.abc import Callable

Table = list[list[str]]
Kind = Callable[[random.Random], Table]

DISTRICTS = (
    "黄浦区 徐汇区 长宁区 静安区 普陀区 虹口区 杨浦区 闵行区 宝山区 嘉定区 浦东新区 金山区 "
    "松江区 青浦区 奉贤区 崇明区"
).split()
_STEMS = (
    "平阳 东安 康健 天林 汇师 启新 田林 龙漕 华泾 园南 长桥 光启 西位 零陵 上汇 建襄 高安 世界 "
    "向阳 位育 南洋 中国 市西 育才 曹杨 晋元 格致 大同 敬业 卢湾 复兴 控江 交大 七宝 莘庄 闵行 "
    "吴淞 行知 罗店 嘉定 安亭 南翔 青浦 朱家角 松江 金山 奉贤 崇明 洋泾 建平 进才"
).split()
_STAGES = ["小学", "第二小学", "中学", "初级中学", "实验学校", "幼儿园", "高级中学"]
_ROADS = (
    "天平 衡山 吴兴 宛平 肇嘉浜 漕溪 龙华 钦州 桂林 宜山 虹漕 柳州 百色 龙川 上中 罗香 张杨 "
    "朱枫 叶新 陈太 顾戴 金沙江 中山北 共和新 大渡河 延安西 新闸 长寿 周家嘴 四平"
).split()
_TOWNS = (
    "马桥 华漕 颛桥 江川 莘庄 梅陇 七宝 虹桥 吴泾 浦江 南翔 安亭 江桥 马陆 徐行 华亭 外冈 朱家角 "
    "金泽 白鹤 罗店 顾村 杨行 月浦 张江 唐镇 曹路 川沙 周浦 航头 新场 惠南"
).split()
_COURSES = (
    "高等数学 线性代数 大学物理 程序设计 文学概论 金融学 成本会计 方剂学 园艺概论 康复医学 "
    "水力学 高分子化学 安全教育 时事政策 艺术欣赏 田径 游泳 陶艺 书法 管乐 合唱 机器人 航模"
).split()
_PLANTS = (
    "白玉兰 金桂 马尾松 黄山栾 水杉 毛竹 万年青 杨柳 樱花 红枫 山茶 牡丹 金丝桃 黄杨 龙柏 罗汉松 "
    "银杏 石楠 冬青 紫薇 梅花 雪松 乌桕 合欢 石榴 海棠 桂花 香樟"
).split()
_GOODS = (
    "白板笔 马克笔 金属架 文件夹 计算器 石膏像 水彩笔 毛边纸 温度计 万用表 安全帽 蓝墨水 洗手液 "
    "黄纸板 显微镜 酒精灯 石棉网 单杠 铅球 跳绳 课桌椅 空调 投影仪 打印机"
).split()
_DISHES = (
    "红烧肉 清蒸鱼 番茄炒蛋 宫保鸡丁 麻婆豆腐 白切鸡 罗宋汤 鱼香肉丝 糖醋排骨 白灼虾 黄焖鸡 "
    "凉拌黄瓜 紫菜汤 油焖笋 米饭 青菜 卤蛋"
).split()
_MAJORS = (
    "哲学 经济学 法学 教育学 汉语言文学 历史学 数学与应用数学 物理学 化学 生物科学 机械工程 "
    "电子信息工程 计算机科学与技术 土木工程 临床医学 护理学 会计学 工商管理 视觉传达设计"
).split()
_OFFICES = (
    "办公室 组织人事处 发展规划处 基础教育处 职业教育处 高等教育处 终身教育处 体育卫生处 德育处 "
    "财务处 审计处 基建处 国际交流处 语言文字处 政策法规处 信息中心 督导室"
).split()
_MUSEUMS = (
    "上海博物馆 上海科技馆 上海自然博物馆 上海图书馆 上海天文馆 中共一大纪念馆 鲁迅纪念馆 "
    "四行仓库抗战纪念馆 上海汽车博物馆 上海电影博物馆 钱学森图书馆 嘉定博物馆 青浦博物馆 "
    "陈云纪念馆 崇明博物馆"
).split()
_BOOKS = "呐喊 家 子夜 边城 围城 雷雨 茶馆 骆驼祥子 红楼梦 西游记 水浒传 三国演义 城南旧事".split()
_AUTHORS = "鲁迅 巴金 茅盾 沈从文 钱钟书 曹禺 老舍 老舍 曹雪芹 吴承恩 施耐庵 罗贯中 林海音".split()
_SUBJECTS = "语文 数学 英语 物理 化学 道德与法治 历史 地理 生物学 体育与健康 音乐 美术 信息科技".split()


def schools(chance: random.Random, number: int) -> list[str]:
    every = [f"{stem}{stage}" for stem in _STEMS for stage in _STAGES]
    return chance.sample(every, number)


def road(chance: random.Random) -> str:
    lane = chance.choice(["号", "号", "号", "弄1号", "弄25号"])
    return f"{chance.choice(_ROADS)}路{chance.randint(2, 1990)}{lane}"


def phone(chance: random.Random) -> str:
    number = str(chance.randint(50000000, 69999999))
    return chance.choice(["021-{}", "{}", "021-{}", "(021){}"]).format(number)


def _titled(chance: random.Random, table: Table, title: str, unit: str = "") -> Table:
    """With or without a title, a line with the unit, and notes below."""
    above: Table = []
    if chance.random() < 0.6:
        above.append([f"{chance.randint(2019, 2025)}年{title}"])
    if unit and chance.random() < 0.8:
        above.append([f"单位：{unit}"])
    if chance.random() < 0.2:
        above.append([])
    below = [["注：数据来源于年度统计报表。"]] if chance.random() < 0.3 else []
    return [*above, *table, *below]


def _numbered(chance: random.Random, table: Table) -> Table:
    if chance.random() < 0.5:
        return table
    return [[str(n) if n else "序号", *row] for n, row in enumerate(table)]


def yearbook(chance: random.Random) -> Table:
    head = ["年份", "学校数(所)", "在校学生数(万人)", "招生数(万人)", "专任教师数(人)"]
    rows = [
        [str(year), str(chance.randint(20, 900)), f"{chance.uniform(1, 90):.2f}",
         f"{chance.uniform(1, 30):.2f}", str(chance.randint(900, 60000))]
        for year in range(2001, 2001 + chance.randint(8, 24))
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "全市教育事业发展基本情况")


def by_district(chance: random.Random) -> Table:
    head = ["区", "小学", "初中", "高中", "幼儿园", "合计"]
    rows: Table = []
    for district in DISTRICTS:
        parts = [chance.randint(0, 90) for _ in range(4)]
        rows.append([district, *map(str, parts), str(sum(parts))])
    total = [str(sum(int(r[i]) for r in rows)) for i in range(1, 6)]
    return _titled(chance, [head, ["合计", *total], *rows], "各区学校数", "所")


def staff(chance: random.Random) -> Table:
    head = [
        "学校名称",
        "班级数",
        "学生数",
        "教职工数",
        "专任教师数",
        "高级职称教师数",
        "外聘人员",
    ]
    rows = [
        [name, str(chance.randint(3, 60)), str(chance.randint(60, 2600)),
         *[str(chance.randint(1, 200)) for _ in range(4)]]
        for name in schools(chance, chance.randint(8, 60))
    ]  # fmt: skip
    return _numbered(chance, _titled(chance, [head, *rows], "学校基本情况"))


def budget(chance: random.Random) -> Table:
    head = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    names = [
        "教育支出",
        "普通教育",
        "学前教育",
        "小学教育",
        "职业教育",
        "社会保障",
        "住房保障",
    ]
    rows = [
        [f"205{n:04d}", name, f"{chance.uniform(1, 9e5):.2f}",
         f"{chance.uniform(1, 4e5):.2f}", f"{chance.uniform(1, 3e5):.2f}"]
        for n, name in enumerate(names, 1)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "部门一般公共预算支出表", "万元")


def universities(chance: random.Random) -> Table:
    head = ["学校名称", "学校标识码", "主管部门", "所在地", "办学层次", "备注"]
    cities = "北京 上海 天津 南京 武汉 西安 成都 广州 长沙 沈阳 兰州 昆明".split()
    kinds = ["大学", "师范大学", "医科大学", "理工大学", "财经大学", "职业技术学院"]
    rows: Table = []
    for city in cities:
        rows.append([f"{city}市（{len(kinds)}所）"])
        rows += [
            [f"{city}{kind}", f"41{chance.randrange(10**8):08d}", "教育部", f"{city}市",
             chance.choice(["本科", "专科"]), chance.choice(["", "民办"])]
            for kind in kinds
        ]  # fmt: skip
    return _titled(chance, [head, *rows], "全国高等学校名单")


def courses(chance: random.Random) -> Table:
    head = ["课程编号", "课程名称", "学分", "学时", "课程性质", "适合年龄", "性别要求"]
    rows = [
        [f"C{chance.randrange(10**6):06d}", name, str(chance.randint(1, 6)),
         str(chance.choice([16, 32, 48, 64])), chance.choice(["必修", "选修"]),
         chance.choice(["6-8岁", "8-12岁", "18岁以上"]), "不限"]
        for name in chance.sample(_COURSES, 15)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "课程目录")


def timetable(chance: random.Random) -> Table:
    head = ["节次", "星期一", "星期二", "星期三", "星期四", "星期五"]
    rows = [
        [f"第{n}节", *[chance.choice(_SUBJECTS) for _ in range(5)]]
        for n in "一二三四五六七"
    ]
    return _titled(chance, [head, *rows], "六年级（2）班课程表")


def lessons(chance: random.Random) -> Table:
    head = ["年级", *_SUBJECTS[:6], "周课时合计"]
    rows = [
        [f"{n}年级", *[str(chance.randint(1, 7)) for _ in range(6)], "34"]
        for n in "一二三四五六七八九"
    ]
    return _titled(chance, [head, *rows], "义务教育课程计划", "课时")


def books(chance: random.Random) -> Table:
    head = chance.choice(
        [["书名", "作者", "出版社", "ISBN"], ["题名", "责任者", "出版社", "索书号"]]
    )
    rows = [
        [b, a, "人民文学出版社", f"97870200{chance.randrange(10**5):05d}"]
        for b, a in zip(_BOOKS, _AUTHORS, strict=True)
    ]
    return _titled(chance, [head, *rows], "推荐书目")


def textbooks(chance: random.Random) -> Table:
    head = ["年级", "语文", "数学", "英语", "出版社"]
    rows = [
        [
            f"{n}年级",
            "统编版",
            chance.choice(["沪教版", "人教版"]),
            "牛津版",
            "上海教育出版社",
        ]
        for n in "一二三四五六七八九"
    ]
    return _titled(chance, [head, *rows], "教学用书目录")


def contest(chance: random.Random) -> Table:
    head = ["名次", "学校", "项目", "得分", "奖项"]
    rows = [
        [str(n), name, chance.choice(["男子100米", "女子跳高", "4×100米接力", "合唱", "机器人"]),
         f"{chance.uniform(60, 100):.1f}", chance.choice(["一等奖", "二等奖", "三等奖"])]
        for n, name in enumerate(schools(chance, 20), 1)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "中小学生运动会团体成绩")


def contest_repeated(chance: random.Random) -> Table:
    names = schools(chance, 5)
    head = ["学校", "比赛项目", "成绩", "名次", "参赛人数"]
    rows = [
        [chance.choice(names), item, f"{chance.uniform(9, 99):.2f}", str(n),
         str(chance.randint(1, 6))]
        for n, item in enumerate(["短跑", "跳远", "铅球", "接力", "篮球", "足球"] * 4, 1)
    ]  # fmt: skip
    return [head, *rows]


def plants(chance: random.Random) -> Table:
    head = ["植物名称", "科属", "数量（株）", "位置", "胸径（厘米）"]
    rows = [
        [p, chance.choice(["木兰科", "松科", "蔷薇科"]), str(chance.randint(1, 40)),
         chance.choice(["教学楼南侧", "操场", "校门"]), str(chance.randint(3, 60))]
        for p in chance.sample(_PLANTS, 18)
    ]  # fmt: skip
    return _numbered(chance, [head, *rows])


def goods(chance: random.Random) -> Table:
    head = ["物品编码", "品名", "规格型号", "单位", "数量", "单价（元）", "金额（元）"]
    rows = []
    for name in chance.sample(_GOODS, 18):
        number, price = chance.randint(1, 90), chance.randint(2, 3000)
        rows.append(
            [str(chance.randrange(10**11, 10**12)), name, f"{chance.choice('ABC')}-{number}",
             chance.choice(["支", "台", "套"]), str(number), str(price), str(number * price)]
        )  # fmt: skip
    return _titled(chance, [head, *rows], "采购清单")


def exams(chance: random.Random) -> Table:
    head = ["日期", "时间", "科目", "考试时长（分钟）", "满分", "备注"]
    rows = [
        [f"2026-06-{n + 10}", "9:00-11:00", s, str(chance.choice([60, 90, 120])), "150",
         chance.choice(["", "含听力"])]
        for n, s in enumerate(_SUBJECTS[:9])
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "学业水平考试日程安排")


def plan(chance: random.Random) -> Table:
    head = [
        "院校代码",
        "院校名称",
        "专业名称",
        "科类",
        "计划数",
        "学费（元/年）",
        "学制",
    ]
    rows = [
        [f"{chance.randrange(100, 999)}01", f"{chance.choice(['上海', '华东'])}{k}", m,
         "综合改革", str(chance.randint(1, 30)), str(chance.randint(5, 60) * 100), "四年"]
        for k in ["理工大学", "师范大学", "政法大学"]
        for m in chance.sample(_MAJORS, 6)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "普通高等学校招生计划")


def enrolment(chance: random.Random) -> Table:
    head = ["学校名称", "招生计划人数", "招生班级数", "招生范围", "每班限额"]
    rows = [
        [n, str(chance.randint(2, 200)), str(chance.randint(1, 8)),
         f"{chance.choice(_TOWNS)}镇", "45"]
        for n in schools(chance, 15)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "小学招生计划")


def cutoffs(chance: random.Random) -> Table:
    head = [
        "学校代码",
        "学校名称",
        "最低录取分数",
        "语数外合计",
        "语文",
        "数学",
        "位次",
    ]
    rows = [
        [f"{chance.randrange(10**5, 10**6)}", n, str(chance.randint(550, 720)),
         str(chance.randint(300, 420)), str(chance.randint(90, 140)),
         str(chance.randint(90, 148)), str(chance.randint(1, 9999))]
        for n in schools(chance, 20)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "高中阶段学校录取最低分数线")


def norms(chance: random.Random) -> Table:
    head = ["性别", "年级", "等级", "单项得分", "肺活量(毫升)", "50米跑(秒)"]
    rows = [
        [
            sex,
            grade,
            level,
            str(100 - 5 * n),
            str(5000 - 120 * n),
            f"{6.5 + n / 10:.1f}",
        ]
        for sex in ("男", "女")
        for grade in ("初一", "初二", "初三", "高一")
        for n, level in enumerate(["优秀", "良好", "及格", "不及格"])
    ]
    return _titled(chance, [head, *rows], "国家学生体质健康标准评分表")


def averages(chance: random.Random) -> Table:
    head = ["区", "性别", "平均身高(厘米)", "平均体重(千克)", "近视率(%)"]
    rows = [
        [d, sex, f"{chance.uniform(140, 175):.1f}", f"{chance.uniform(35, 65):.1f}",
         f"{chance.uniform(20, 80):.1f}"]
        for d in DISTRICTS
        for sex in ("男", "女")
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "学生体质健康监测结果")


def large_counts(chance: random.Random) -> Table:
    head = ["区", "年级", "男生数", "女生数", "合计"]
    rows = []
    for d in DISTRICTS:
        for grade in "一二三四五":
            boys, girls = chance.randint(900, 4000), chance.randint(900, 4000)
            rows.append([d, f"{grade}年级", str(boys), str(girls), str(boys + girls)])
    return _titled(chance, [head, *rows], "在校学生分年级情况", "人")


def two_rows(chance: random.Random) -> Table:
    head = [
        ["区", "小学", "", "初中", "", "备注"],
        ["", "学校数", "班级数", "学校数", "班级数", ""],
    ]
    rows = [
        [d, *[str(chance.randint(3, 900)) for _ in range(4)], ""] for d in DISTRICTS
    ]
    return _titled(chance, [*head, *rows], "义务教育学校情况", "所、个")


def numbering(chance: random.Random) -> Table:
    head = [["区", "在校学生数", "教职工数"], ["甲", "1", "2"]]
    rows = [
        [d, str(chance.randint(9000, 99999)), str(chance.randint(900, 9999))]
        for d in DISTRICTS
    ]
    return _titled(chance, [*head, *rows], "学生和教职工数", "人")


def menu(chance: random.Random) -> Table:
    head = ["日期", "主荤", "小荤", "素菜", "汤", "主食"]
    rows = [[f"9月{n}日", *chance.sample(_DISHES, 4), "米饭"] for n in range(1, 20)]
    return _titled(chance, [head, *rows], "午餐菜谱")


def areas(chance: random.Random) -> Table:
    rows = [
        [f"3101{n:02d}{chance.randrange(1000):03d}", f"{t}镇", chance.choice(DISTRICTS)]
        for n, t in enumerate(chance.sample(_TOWNS, 25))
    ]
    return [["行政区划代码", "街镇", "所在区"], *rows]


def coordinates(chance: random.Random) -> Table:
    head = ["学校名称", "经度", "纬度", "学段", "占地面积（平方米）"]
    rows = [
        [n, f"121.{chance.randrange(10**10, 10**11)}", f"31.{chance.randrange(10**6)}",
         "义务教育", str(chance.randint(2000, 90000))]
        for n in schools(chance, 30)
    ]  # fmt: skip
    return [head, *rows]


def websites(chance: random.Random) -> Table:
    head = ["序号", "栏目名称", "网址", "更新时间", "点击数"]
    rows = [
        [str(n), f"{o}公开信息", f"http://edu.sh.gov.cn/html/{chance.randrange(10**13)}/{n}.html",
         f"2026-0{chance.randint(1, 9)}-1{n % 9} 08:3{n % 9}:00", str(chance.randint(1, 99999))]
        for n, o in enumerate(_OFFICES, 1)
    ]  # fmt: skip
    return [head, *rows]


def catalogue(chance: random.Random) -> Table:
    head = ["信息项名称", "数据类型", "长度", "是否必填", "说明"]
    rows = [
        [name, chance.choice(["字符型", "数值型", "日期型"]), str(chance.randint(2, 200)),
         chance.choice(["是", "否"]), f"按标准填写{name}"]
        for name in ["姓名", "性别", "出生日期", "身份证号", "学校名称", "学段", "班级", "入学年份"]
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "数据资源目录")


def policies(chance: random.Random) -> Table:
    head = ["资助项目", "资助对象", "资助标准", "困难等级", "政策依据", "受理部门"]
    rows = [
        [name, "家庭经济困难学生", f"每生每年{chance.randint(10, 80) * 100}元", "一般困难、特别困难",
         f"沪教委财〔20{chance.randint(15, 25)}〕{chance.randint(1, 90)}号", "区教育局"]
        for name in ["国家助学金", "免学杂费", "营养改善计划", "生活补助", "国家励志奖学金"]
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "学生资助政策一览")


def diseases(chance: random.Random) -> Table:
    head = ["疾病名称", "传播途径", "主要症状", "预防措施", "隔离天数"]
    rows = [
        [name, chance.choice(["飞沫", "接触", "粪口"]), "发热、皮疹", "勤洗手、多通风",
         str(chance.randint(5, 21))]
        for name in ["水痘", "麻疹", "流行性感冒", "手足口病", "诺如病毒感染", "流行性腮腺炎"]
    ]  # fmt: skip
    return [head, *rows]


def rooms(chance: random.Random) -> Table:
    head = ["楼宇", "房间号", "面积（平方米）", "用途", "座位数"]
    rows = [
        [f"{chance.randint(1, 9)}号楼", f"{chance.randint(1, 6)}{chance.randint(1, 30):02d}",
         str(chance.randint(20, 200)), chance.choice(["教室", "实验室", "办公室"]),
         str(chance.randint(2, 120))]
        for _ in range(40)
    ]  # fmt: skip
    return [head, *rows]


def sensors(chance: random.Random) -> Table:
    head = ["采集时间", "设备编号", "PM2.5", "温度", "湿度", "时间戳"]
    rows = [
        [f"2026-03-0{n % 9 + 1} 0{n % 10}:15:00", f"SN{chance.randrange(10**8):08d}",
         str(chance.randint(3, 90)), f"{chance.uniform(5, 35):.1f}", f"{chance.uniform(20, 90):.0f}%",
         str(1_700_000_000_000 + n * 60_000)]
        for n in range(60)
    ]  # fmt: skip
    return [head, *rows]


def english(chance: random.Random) -> Table:
    head = ["school", "district", "students", "teachers", "classes", "budget"]
    rows = [
        [f"{chance.choice(['North', 'East', 'Lake', 'Hill'])} {n} Primary School",
         chance.choice(["Xuhui", "Pudong", "Jing'an"]), str(chance.randint(200, 2000)),
         str(chance.randint(2, 150)), str(chance.randint(2, 60)), str(chance.randint(10**5, 10**7))]
        for n in range(30)
    ]  # fmt: skip
    return [head, *rows]


def indicators(chance: random.Random) -> Table:
    head = ["指标名称", "计量单位", "2023年", "2024年"]
    items = [("学校数", "所"), ("在校生", "人"), ("专任教师", "人"), ("占地面积", "万平方米"),
             ("图书", "万册"), ("班级数", "个"), ("生师比", "-"), ("教育经费", "亿元")]  # fmt: skip
    rows = [
        [name, unit, *[str(chance.randint(1000, 9999) if unit == "人" else chance.randint(1, 99))
                       for _ in "ab"]]
        for name, unit in items
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "主要指标")


def projects(chance: random.Random) -> Table:
    head = ["项目编号", "项目名称", "承担单位", "立项年份", "经费（万元）", "起止时间"]
    rows = [
        [f"C{chance.randint(2019, 2025)}{chance.randrange(1000):03d}",
         f"{s}学科核心素养评价研究", n, str(chance.randint(2019, 2025)), f"{chance.uniform(1, 30):.1f}",
         "2024.01-2026.12"]
        for s, n in zip(_SUBJECTS, schools(chance, len(_SUBJECTS)), strict=True)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "教育科研项目立项名单")


def posts(chance: random.Random) -> Table:
    head = [
        "招聘单位",
        "岗位名称",
        "招聘人数",
        "学历要求",
        "年龄要求",
        "专业要求",
        "性别要求",
    ]
    rows = [
        [n, f"{chance.choice(_SUBJECTS)}教师", str(chance.randint(1, 4)), "本科及以上", "35周岁以下",
         chance.choice(_MAJORS), "不限"]
        for n in schools(chance, 25)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "公办学校教师公开招聘岗位表")


def sites(chance: random.Random) -> Table:
    head = ["考点代码", "考点名称", "所在区", "考场数", "考生人数"]
    rows = [
        [f"{chance.randrange(10**4):04d}", n, chance.choice(DISTRICTS), str(chance.randint(5, 40)),
         str(chance.randint(150, 1200))]
        for n in schools(chance, 25)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "考点设置一览表")


def museums(chance: random.Random) -> Table:
    head = ["场馆名称", "区", "开放时间", "门票（元）", "年接待人次（万）"]
    rows = [
        [m, chance.choice(DISTRICTS), "9:00-17:00（周一闭馆）", str(chance.choice([0, 20, 45])),
         f"{chance.uniform(1, 400):.1f}"]
        for m in _MUSEUMS
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "科普教育基地名录")


def sparse(chance: random.Random) -> Table:
    head = ["类别", "项目", "责任部门", "完成时限", "进展"]
    rows = [
        [chance.choice(["", "硬件", "软件"]), f"{chance.choice(['校舍', '操场', '食堂', '图书馆', '监控'])}的更新与维护", chance.choice(_OFFICES),
         f"2026年{chance.randint(1, 12)}月", chance.choice(["", "已完成", "推进中", "未启动"])]
        for _ in range(30)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "年度重点工作任务分解表")


def bare_words(chance: random.Random) -> Table:
    header, words = chance.choice(
        [("街镇", _TOWNS), ("植物", _PLANTS), ("物品", _GOODS), ("课程", _COURSES),
         ("菜名", _DISHES), ("专业", _MAJORS), ("部门", _OFFICES)]
    )  # fmt: skip
    return [[header], *[[word] for word in words]]


KINDS: list[Kind] = [
    yearbook, by_district, staff, budget, universities, courses, timetable, lessons, books,
    textbooks, contest, contest_repeated, plants, goods, exams, plan, enrolment, cutoffs,
    norms, averages, large_counts, two_rows, numbering, menu, areas, coordinates, websites,
    catalogue, policies, diseases, rooms, sensors, english, indicators, projects, posts,
    sites, museums, sparse, bare_words,
]  # fmt: skip


# Lists of institutions: clear under the standing rule, blocked without it.


def school_directory(chance: random.Random) -> Table:
    head = [
        "学校名称",
        "校长",
        "办公电话",
        "地址",
        "邮箱",
        "网址",
        "邮编",
        "办学性质",
        "学生数",
        "教师数",
    ]
    return _numbered(chance, _titled(chance, [head, *_directory(chance)], "学校名录"))


def _directory(chance: random.Random, number: int = 30) -> Table:
    from faker import Faker

    fake = Faker("zh_CN")
    fake.seed_instance(chance.randrange(10**9))
    return [
        [name, fake.name(), phone(chance), f"上海市{chance.choice(DISTRICTS)}{road(chance)}",
         chance.choice([f"xx{n}@edu.sh.cn", f"school{n}@163.com", f"{10**8 + n}@qq.com"]),
         f"http://www.school{n}.edu.cn", f"200{chance.randrange(1000):03d}",
         chance.choice(["公办", "民办"]), str(chance.randint(60, 2000)),
         str(chance.randint(1, 200))]
        for n, name in enumerate(schools(chance, number))
    ]  # fmt: skip


def coded_directory(chance: random.Random) -> Table:
    from faker import Faker

    fake = Faker("zh_CN")
    fake.seed_instance(chance.randrange(10**9))
    head = ["学校标识码", "校名", "法定代表人", "传真", "联系电话", "校址"]
    rows = [
        [f"21310{chance.randrange(10**5):05d}", n, fake.name(), phone(chance),
         f"{phone(chance)}转{chance.randint(801, 899)}", road(chance)]
        for n in schools(chance, 25)
    ]  # fmt: skip
    return _titled(chance, [head, *rows], "民办学校一览表")


def campuses(chance: random.Random) -> Table:
    rows = [
        [n, site, road(chance), phone(chance)]
        for n in schools(chance, 12)
        for site in ("东校区", "西校区")
    ]
    return [["学校名称", "校区", "地址", "办公电话"], *rows]


def departments(chance: random.Random) -> Table:
    rows = [[o, f"行政楼{chance.randint(101, 620)}室", phone(chance)] for o in _OFFICES]
    return [["处室", "办公地点", "办公电话"], *rows]


def venues(chance: random.Random) -> Table:
    head = ["场馆名称", "地址", "咨询电话", "开放时间"]
    return [head, *[[m, road(chance), phone(chance), "9:00-17:00"] for m in _MUSEUMS]]


def trainers(chance: random.Random) -> Table:
    head = ["机构名称", "统一社会信用代码", "办学地址", "联系电话", "负责人"]
    from faker import Faker

    fake = Faker("zh_CN")
    fake.seed_instance(chance.randrange(10**9))
    rows = [
        [f"上海{stem}培训有限公司", f"91310104MA1FR{chance.randrange(10**4):04d}{c}",
         f"{chance.choice(_ROADS)}路{chance.randint(2, 900)}号{chance.randint(101, 2200)}室",
         phone(chance), fake.name()]
        for stem, c in zip(chance.sample(_STEMS, 20), "ABCDEFGHJKLMNPQRTUWX", strict=True)
    ]  # fmt: skip
    return [head, *rows]


def english_directory(chance: random.Random) -> Table:
    head = ["school_name", "school_code", "phone", "email", "address", "principal"]
    rows = [
        [name, str(3101000 + n), phone(chance), f"office@school{n}.edu.cn", road(chance),
         chance.choice(["Wang Lei", "Li Na", "Zhang Wei", "Chen Jing"])]
        for n, name in enumerate(schools(chance, 20))
    ]  # fmt: skip
    return [head, *rows]


INSTITUTIONS: list[Kind] = [
    school_directory, coded_directory, campuses, departments, venues, trainers,
    english_directory,
]  # fmt: skip
