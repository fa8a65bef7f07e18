"""Units and people of the demonstration. Pure data; all of it is made up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

DOMAIN = "demo.example"
"""Mail addresses of the accounts end in it; no mail can be sent there (RFC 2606)."""


@dataclass(frozen=True)
class Unit:
    """A unit as `schemas/unit.yaml` has it; `superior` is another unit's `name`."""

    name: str
    title: str
    kind: str
    superior: str = ""
    district: str = "310000"
    code: str = ""


@dataclass(frozen=True)
class Person:
    """An account; `roles` are pairs of a role and a unit's name."""

    name: str
    does: tuple[str, str]
    roles: tuple[tuple[str, str], ...] = ()


UNITS = (
    Unit("shjw", "上海市教育委员会（演示）", "municipal_commission",
         code="11310000DEM0000144"),
    Unit("shjw-gaojiao", "高等教育处（演示）", "department", "shjw"),
    Unit("shjw-xinxi", "信息化工作处（演示）", "department", "shjw"),
    Unit("xuhui", "徐汇区教育局（演示）", "district_bureau", "shjw", "310104",
         "11310104DEM000022X"),
    Unit("changning", "长宁区教育局（演示）", "district_bureau", "shjw", "310105",
         "11310105DEM0000307"),
    Unit("qingtan-daxue", "青檀师范大学（演示）", "university", "shjw", "310115",
         "4131099901"),
    Unit("yinxing-zhongzhi", "银杏职业技术学校（演示）", "vocational_school", "shjw",
         "310112", "3631990001"),
    Unit("wutong-xiaoxue", "徐汇区梧桐路小学（演示）", "school", "xuhui", "310104",
         "2131990004"),
    Unit("yulan-youeryuan", "徐汇区玉兰幼儿园（演示）", "kindergarten", "xuhui",
         "310104", "1131980012"),
)  # fmt: skip

PEOPLE = (
    Person("compiler", ("市教委编目员", "Compiler"), (("compiler", "shjw"),)),
    Person("reviewer", ("市教委审核人", "Reviewer"), (("reviewer", "shjw"),)),
    Person("leader", ("市教委单位领导", "Unit leader"), (("leader", "shjw"),)),
    Person("coordinator", ("数据管理协调", "Data coordinator"),
           (("coordinator", "shjw"),)),
    Person("technician", ("数据技术管理", "Data technician"),
           (("technician", "shjw"),)),
    Person("security", ("安全管理责任人", "Security officer"),
           (("security_officer", "shjw"),)),
    Person("supervisor", ("监督考核", "Supervisor"), (("supervisor", "shjw"),)),
    Person("system-admin", ("系统管理员", "System administrator"),
           (("system_admin", "shjw"),)),
    Person("security-admin", ("安全管理员", "Security administrator"),
           (("security_admin", "shjw"),)),
    Person("audit-admin", ("审计管理员", "Audit administrator"),
           (("audit_admin", "shjw"),)),
    Person("district-compiler", ("徐汇区编目员", "Compiler of a district"),
           (("compiler", "xuhui"),)),
    Person("district-reviewer", ("徐汇区审核人", "Reviewer of a district"),
           (("reviewer", "xuhui"),)),
    Person("school-compiler", ("小学编目员", "Compiler of a school"),
           (("compiler", "wutong-xiaoxue"),)),
    Person("researcher", ("社会申请人（有已获批的数据）", "Applicant with a grant")),
    Person("stranger", ("社会公众（没有任何权限）", "Member of the public")),
)  # fmt: skip


def display_names() -> dict[str, str]:
    """Synthetic names of the people, by account (see `data/make_data.py`)."""
    kept = files("ckanext.edudata.demo") / "data" / "names.json"
    names = json.loads(kept.read_text("utf-8"))
    return {person.name: name for person, name in zip(PEOPLE, names, strict=False)}
