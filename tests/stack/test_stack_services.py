"""The services themselves: who gets in, and what a Chinese query finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pysolr
import pytest
import redis
import requests

WRITE, READ = "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL"
TITLES = [
    "上海市中小学教师资格名录",
    "徐汇区幼儿园招生计划",
    "上海市高中阶段学校招生考试",
    "全市中小学生体质监测",
    "上海市教育委员会直属单位",
    "中华人民共和国教育法律",
    "长宁区初中、小学（公办）对口地段",
    "民办学校信息",
    "学前教育（ＡＢＣ１２３）K12",
    "Shanghai Open Data of Schools",
    "建平中学课程",
    "教师培训中心",
]


def own(name: str) -> str:
    """The connection, if the service is the portal's own."""
    url = os.environ.get(name, "")
    if "127.0.0.1" not in url and "host=/" not in url and "unix://" not in url:
        pytest.skip("a service of the site's own")
    return url


def test_the_datastore_reader_cannot_write() -> None:
    cursor = psycopg2.connect(own(READ)).cursor()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE public.t (a int)")


def test_the_datastore_reader_sees_nothing_of_ckan() -> None:
    main = urlsplit(own("CKAN_SQLALCHEMY_URL"))
    reader = urlsplit(own(READ))
    url = reader._replace(path=main.path).geturl()
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(url)


@pytest.mark.parametrize("name", ["CKAN_SQLALCHEMY_URL", WRITE, READ])
def test_no_role_is_a_superuser_and_each_needs_its_password(name: str) -> None:
    url = own(name)
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
    parts = urlsplit(url)
    wrong = parts._replace(netloc=f"{parts.username}:wrong@").geturl()
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(wrong)


def test_valkey_and_solr_need_their_passwords() -> None:
    parts = urlsplit(own("CKAN_REDIS_URL"))
    client = redis.Redis(unix_socket_path=parts.path)
    with pytest.raises(redis.AuthenticationError):
        client.get("x")
    answer = requests.get(own("CKAN_SOLR_URL") + "/select?q=*:*", timeout=10)
    assert answer.status_code == 401


@pytest.fixture(scope="module")
def index() -> Iterator[pysolr.Solr]:
    """The tests' core with datasets of these titles."""
    user = os.environ.get("CKAN_SOLR_USER", "")
    auth = (user, os.environ.get("CKAN_SOLR_PASSWORD", "")) if user else None
    solr = pysolr.Solr(os.environ["CKAN_SOLR_URL"], auth=auth, always_commit=True)
    documents: list[dict[str, Any]] = [
        {"index_id": f"s{n}", "id": f"s{n}", "site_id": "stack", "title": title}
        for n, title in enumerate(TITLES)
    ]
    solr.add(documents)
    yield solr
    solr.delete(q="site_id:stack")


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("小学", None, 3),
        ("中小学", None, 3),
        ("高中", "上海市高中阶段学校招生考试", 1),
        ("学校", None, 2),
        ("幼儿园", "徐汇区幼儿园招生计划", 1),
        ("高中招生", "上海市高中阶段学校招生考试", 1),
        ("上海教师", "上海市中小学教师资格名录", 1),
        ("教师", "教师培训中心", 2),
        ("徐汇 招生", "徐汇区幼儿园招生计划", 1),
        ("中华人民共和国", "中华人民共和国教育法律", 1),
        ("民办", "民办学校信息", 1),
        ("建平中学", "建平中学课程", 1),
        ("公办小学", "长宁区初中、小学（公办）对口地段", 1),
        ("ａｂｃ", "学前教育（ＡＢＣ１２３）K12", 1),
        ("k12", "学前教育（ＡＢＣ１２３）K12", 1),
        ("school", "Shanghai Open Data of Schools", 1),
        ("open data", "Shanghai Open Data of Schools", 1),
        ("食堂", None, 0),
    ],
)
def test_chinese_words_are_found_inside_titles(
    index: pysolr.Solr, query: str, first: str | None, count: int
) -> None:
    """With the parameters that CKAN's package_search sends."""
    found = index.search(
        query,
        **{
            "fq": "site_id:stack",
            "defType": "dismax",
            "qf": "name^4 title^4 tags^2 groups^2 text",
            "mm": "2<-1 5<80%",
            "tie": "0.1",
            "q.op": "AND",
            "rows": 50,
        },
    )
    titles = [document["title"] for document in found]
    assert len(titles) == count, titles
    if first:
        assert titles[0] == first
