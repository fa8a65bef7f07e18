"""A portal with something closed of every kind, served on loopback, and its prober."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan import model
from werkzeug.serving import make_server

from ckanext.edudata.delivery import cli_leaks
from ckanext.edudata.delivery.leaks.running import Result, Run
from tests.delivery import conditional

CANARY = "金丝雀"
LIST = "序号,学校名称,学校标识码\n1,甲示范大学,4131010001\n2,乙示范大学,4131010002\n"


@pytest.fixture
def leaky(portal: Any) -> Any:
    """The portal with canaries in all that is closed, beside something open."""
    open_entry = portal.entry()
    portal.upload(open_entry, "高校名单.csv", LIST.encode())
    portal.released(open_entry)
    portal.entry_made = portal.entry(
        title=f"{CANARY}校舍标题",
        keywords=f"{CANARY}关键词",
        notes=f"{CANARY}的说明文字。",
        sharing_class="not_shared",
        sharing_basis="《上海教育数据管理办法（试行）》第二十三条",
    )
    portal.resource = portal.upload(
        portal.entry_made,
        f"{CANARY}文件.csv",
        f"{CANARY}列名,楼\ncanaryvalue,甲\nothercanary,乙\n".encode(),
    )
    portal.approved(portal.entry_made)
    portal.conditional = conditional.released(portal, 30)
    portal.granted = conditional.granted(portal, portal.conditional)
    second = portal.entry(
        title="各校课程数",
        opening_class="conditional",
        opening_ground="continuous",
        opening_condition="仅限教育研究。",
    )
    rows = "".join(f"学校{n},{31415 + 927 * n}\n" for n in range(1, 12))
    portal.upload(second, "课程.csv", f"学校,课程数\n{rows}".encode())
    portal.released(second)
    stopping = portal.entry(title="已停止的名单")
    portal.upload(
        stopping,
        "停止.csv",
        "学校名称,编号\nstoppedcanary,1\nstoppedother,2\n".encode(),
    )
    done = portal.released(stopping)
    portal.was_open = portal.act("package_show", None, id=done["dataset_id"])
    portal.act(
        "edudata_stop", portal.reviewer, id=done["dataset_id"], reason="数据有误"
    )
    portal.stopped = done["dataset_id"]
    portal.work()
    model.Session.commit()
    return portal


@pytest.fixture
def served(app: Any) -> Iterator[str]:
    """The address of the application, served by threads of this process."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


@pytest.fixture
def probe(leaky: Any, app: Any, served: str) -> Callable[..., Result]:
    """Runs the self-test: `probe("datastore", who={"stranger"}, kinds={"entry"})`."""

    def run(
        *only: str, who: Any = None, kinds: Any = None, sample: int | None = None
    ) -> Result:
        every = bool({"every action", "every page"} & set(only)) or not only
        found = Run(
            served,
            actions=cli_leaks.reading_actions() if every else (),
            rules=cli_leaks.rules(app.flask_app) if every else (),
            only=frozenset(only) or None,
        )
        return found(
            seed=1,
            sample=sample,
            who=frozenset(who) if who else None,
            kinds=frozenset(kinds) if kinds else None,
        )

    return run
