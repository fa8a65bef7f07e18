"""Tables of the user's own: each an entry with a verdict, nothing released."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog.model import Entry
from ckanext.edudata.demo import applying, living
from ckanext.edudata.opening.model import Release

pytestmark = pytest.mark.slow


@pytest.fixture
def only_own(load, monkeypatch):
    """The command without the demonstration's own stories."""
    monkeypatch.setattr(living, "live", lambda checks: None)
    monkeypatch.setattr(applying, "apply", lambda: None)
    return load


def lines(output: str) -> dict[str, str]:
    return dict(line.split("：", 1) for line in output.splitlines() if "：" in line)


@pytest.mark.promise(4)
def test_each_file_gets_its_line(only_own, tmp_path):
    (tmp_path / "学校.csv").write_bytes(
        "学校名称,班级数\n青檀小学,20\n白桦小学,18\n".encode("gb18030")
    )
    (tmp_path / "联系人.csv").write_text(
        "事项,联系电话\n报名,13912345678\n咨询,15887654321\n", encoding="utf-8"
    )
    (tmp_path / "坏.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99)
    (tmp_path / "密.csv").write_text("机密★5年\n编号,内容\n1,某事\n", encoding="utf-8")
    (tmp_path / "说明.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / ".hidden.csv").write_text("a,b\n1,2\n")
    (tmp_path / "folder").mkdir()
    result = only_own("--data", str(tmp_path))
    told = lines(result.output)
    assert told["学校.csv"].startswith("检测通过")
    assert "联系电话" in told["联系人.csv"]
    assert told["坏.xls"].startswith("无法读取")
    assert told["密.csv"].startswith("带有密级标志，已清除")
    assert told["说明.pdf"].startswith("不是表格")
    assert ".hidden.csv" not in told
    assert "13912345678" not in result.output

    def count(table):
        return model.Session.scalar(sa.select(sa.func.count()).select_from(table))

    assert count(Entry) == 4
    assert count(Release) == 0

    # Again: nothing doubles; a changed file is the new content of its entry.
    (tmp_path / "密.csv").unlink()
    (tmp_path / "学校.csv").write_text("学校名称,校长手机\n甲,13912345678\n")
    told = lines(only_own("--data", str(tmp_path)).output)
    assert "校长手机" in told["学校.csv"]
    assert "联系电话" in told["联系人.csv"]
    assert count(Entry) == 4
    assert living.find("学校", "xuhui")
