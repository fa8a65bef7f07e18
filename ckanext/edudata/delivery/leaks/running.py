"""The run: every person asks for every closed thing in every way."""

from __future__ import annotations

import datetime
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ckanext.edudata.delivery.leaks import (
    asking,
    closed,
    families,
    judging,
    persons,
    timing,
)
from ckanext.edudata.delivery.leaks.public import Public
from ckanext.edudata.delivery.leaks.things import (
    METADATA,
    Answer,
    Closed,
    Leak,
    Needle,
    Person,
    Probe,
)

ANYBODY = Closed("list", "-", "", {})
"""Stands for all closed things, where a question names none of them."""

TEXTS = frozenset({"title", "word", "file", "value"})
VALUES = 2
"""References of a kind that are tried in each address."""

ALIVE = Probe("alive", "/api/3/action/status_show")


@dataclass
class Result:
    """What a run found. Holds nothing that leaked."""

    started: str = ""
    seconds: float = 0
    url: str = ""
    seed: int = 0
    sample: int | None = None
    closed: dict[str, int] = field(default_factory=dict)
    probed: dict[str, int] = field(default_factory=dict)
    probes: Counter[tuple[str, str]] = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    missing: list[str] = field(default_factory=list)
    timing: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """0: no leak; 1: a leak; 2: not all could be probed."""
        if self.leaks:
            return 1
        return 2 if self.unanswered or not self.probes else 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        names = sorted({*self.probes, *((k.family, k.person) for k in self.leaks)})
        leaked = Counter((leak.family, leak.person) for leak in self.leaks)
        return {
            **{k: getattr(self, k) for k in ("started", "seconds", "url", "seed")},
            **{k: getattr(self, k) for k in ("sample", "closed", "probed", "errors")},
            "status": self.status,
            "unanswered": dict(self.unanswered),
            "missing": self.missing,
            "table": [
                {
                    "family": family,
                    "person": person,
                    "probes": self.probes[family, person],
                    "leaks": leaked[family, person],
                }
                for family, person in names
            ],
            "leaks": [vars(leak) for leak in self.leaks],
            "timing": self.timing,
        }


class Run:
    """One run of the self-test."""

    def __init__(
        self,
        url: str,
        *,
        actions: Iterable[str] = (),
        rules: Iterable[str] = (),
        only: frozenset[str] | None = None,
        workers: int = 2,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.asker, self.public, self.tell = asking.Asker(url), Public(), tell
        self.workers = workers
        found = [*families.known(), *families.actions(actions), *families.pages(rules)]
        self.probes = [p for p in dict.fromkeys(found) if not only or p.family in only]
        self.only = only
        self._made_up: dict[Any, tuple[str, dict[str, str], Answer]] = {}
        self._lists: dict[Any, Answer] = {}
        self._invented: dict[tuple[str, str, int], str] = {}

    def __call__(
        self,
        *,
        seed: int,
        sample: int | None = None,
        who: frozenset[str] | None = None,
        kinds: frozenset[str] | None = None,
    ) -> Result:
        began = time.monotonic()
        now = datetime.datetime.now(datetime.timezone.utc)
        result = Result(started=now.isoformat(timespec="seconds"))
        result.url, result.seed, result.sample = self.asker.url, seed, sample
        answer = self.asker.ask(Person("anonymous"), ALIVE, ALIVE.address)
        if answer.failed or answer.status != 200:
            result.unanswered[answer.failed or f"HTTP {answer.status}"] += 1
            return result
        result.closed = closed.count()
        things = [t for t in closed.learn(seed, sample) if not kinds or t.kind in kinds]
        result.probed = dict(Counter(thing.kind for thing in things))
        with persons.made(things) as (people, missing):
            result.missing = missing
            things = persons.placed(things, people)
            for person in people:
                if who is None or person.name in who:
                    self._person(person, things, result)
            self._counts(people[:2], result)
            self._timed(things, result)
        result.seconds = round(time.monotonic() - began, 1)
        return result

    def _person(self, person: Person, things: list[Closed], result: Result) -> None:
        if not self._known(person):
            result.unanswered[f"{person.name}: no account"] += 1
            return
        mine = [
            thing
            for thing in things
            if thing.kind in person.kinds
            and thing.id not in person.own
            and persons.outside(person, thing)
        ]
        probes = [
            p for p in self.probes if not person.families or p.family in person.families
        ]
        lists = [p for p in probes if not p.reads]
        self.tell(f"{person.name}: {len(mine)}")
        needles = tuple(
            {n.text: n for t in mine for n in _closed_to(person, t)}.values()
        )
        scoped = tuple(n for t in mine for n in _closed_to(person, t, scoped=True))
        todo: list[tuple[Probe, Closed, tuple[Needle, ...]]] = [
            (probe, ANYBODY, scoped if probe.scoped else needles) for probe in lists
        ]
        for thing in mine:
            for probe in probes:
                if probe.reads and set(probe.reads) <= _names(thing):
                    kept = _closed_to(person, thing, scoped=probe.scoped)
                    todo.append((probe, thing, tuple(kept)))
        with ThreadPoolExecutor(self.workers) as pool:
            for found in pool.map(lambda item: self._probe(person, *item), todo):
                _add(result, person, found)
        # Sessions of threads that ended with the pool hold no connection.
        self._lists.clear()
        self._made_up.clear()

    def _known(self, person: Person) -> bool:
        """Whether the account works at all: otherwise its silence proves nothing."""
        if not person.token or person.families is not None:
            return True
        probe = Probe("alive", f"/api/3/action/user_show?id={person.user_id}")
        answer = self.asker.ask(person, probe, probe.address)
        return answer.status == 200 and (person.user_id or "") in answer.text

    def _probe(
        self, person: Person, probe: Probe, thing: Closed, needles: tuple[Needle, ...]
    ) -> list[tuple[Probe, Closed, Answer, list[str]]]:
        found = []
        for values in self._values(probe, thing):
            answer = self._asked(person, probe, values)
            told = self._told(person, probe, thing, values, answer, needles)
            found.append((probe, thing, answer, told))
            if answer.failed:
                break
        return found

    def _asked(self, person: Person, probe: Probe, values: dict[str, str]) -> Answer:
        address = asking.filled(probe.address, values)
        if not set(probe.reads) <= {"owner", "author"}:
            return self.asker.ask(person, probe, address)
        key = (person.name, probe.method, address)
        if key not in self._lists:
            self._lists[key] = self.asker.ask(person, probe, address)
        return self._lists[key]

    def _values(self, probe: Probe, thing: Closed) -> list[dict[str, str]]:
        names = {_source(name) for name in probe.reads}
        tried = [list(thing.references[name]) for name in names]
        for at, name in enumerate(names):
            if name in TEXTS:
                tried[at] = [t for t in tried[at] if not self.public.explains(t)]
        if not all(tried):
            return []
        made_of_itself = probe.family in (families.EVERY_ACTION, families.EVERY_PAGE)
        number = min(max(map(len, tried), default=1), 1 if made_of_itself else VALUES)
        return [
            {name: tried[at][turn % len(tried[at])] for at, name in enumerate(names)}
            for turn in range(number)
        ]

    def _told(
        self,
        person: Person,
        probe: Probe,
        thing: Closed,
        values: dict[str, str],
        answer: Answer,
        needles: tuple[Needle, ...],
    ) -> list[str]:
        """Kinds of what the answer tells that it must not."""
        if answer.failed:
            return []
        said = judging.without(f"{answer.place}\n{answer.text}", _echoes(values))
        told = {
            needle.kind
            for needle in judging.found(needles, said)
            if not self.public.explains(needle.text, needle.kind)
        }
        if probe.expects and not judging.CHECKS[probe.expects](answer.text):
            told.add("entry in a search")
        if person.token and "public" in answer.cache:
            told.add("cache")
        within = probe.scoped and person.name in thing.within
        if told or probe.loose or not values or within:
            return sorted(told)
        if self._differs(person, probe, thing, values, answer):
            told.add("existence")
        return sorted(told)

    def _differs(
        self,
        person: Person,
        probe: Probe,
        thing: Closed,
        values: dict[str, str],
        answer: Answer,
    ) -> bool:
        """Whether a real reference is answered otherwise than a made-up one."""
        secret = {name for name in values if thing.secret(name)}
        if not secret:
            return False
        kept = tuple(sorted((n, v) for n, v in values.items() if n not in secret))
        shape = tuple((n, bool(re.search(r"\d", values[n]))) for n in sorted(secret))
        key = (person.name, probe.method, probe.address, kept, shape)
        if key not in self._made_up:
            self._made_up[key] = self._control(person, probe, values, secret)
        address, other, control = self._made_up[key]
        if _same(answer, values, control, other):
            return False
        # Once more, both: what differs by itself is no answer.
        for _ in range(2):
            again = self.asker.ask(person, probe, asking.filled(probe.address, values))
            control = self.asker.ask(person, probe, address)
            if again.failed or control.failed or _same(again, values, control, other):
                return False
        # An answer in no order of its own is compared by its status and kind only.
        _, third, unlike = self._control(person, probe, values, secret)
        if not _same(control, other, unlike, third):
            return (answer.status, answer.kind) != (unlike.status, unlike.kind)
        return True

    def _control(
        self, person: Person, probe: Probe, values: dict[str, str], secret: set[str]
    ) -> tuple[str, dict[str, str], Answer]:
        other = {n: asking.made_up(v) if n in secret else v for n, v in values.items()}
        address = asking.filled(probe.address, other)
        return address, other, self.asker.ask(person, probe, address)

    def _counts(self, people: list[Person], result: Result) -> None:
        """Numbers that everybody is told count nothing that is closed."""
        if self.only and "counts" not in self.only:
            return
        probe = Probe(
            "counts", "/api/3/action/package_search?rows=0&" + families.PRIVATE
        )
        for person in people:
            before = closed.public_datasets()
            answer = self.asker.ask(person, probe, probe.address)
            number = re.search(r'"count": (\d+)', answer.text)
            known = {before, closed.public_datasets()}
            told = ["count"] if number and int(number[1]) > max(known) else []
            _add(result, person, [(probe, ANYBODY, answer, told)])

    def _timed(self, things: list[Closed], result: Result) -> None:
        if self.only and "timing" not in self.only:
            return
        entries = [thing for thing in things if thing.kind == "entry"][:3]
        for address in ("/api/3/action/package_show?id={name}", "/dataset/{package}"):
            probe, real, made_up = families.probe("timing", address), [], []
            for thing in entries:
                values = self._values(probe, thing)[0]
                for _ in range(25):
                    other = {n: asking.made_up(v) for n, v in values.items()}
                    for which, asked in ((real, values), (made_up, other)):
                        path = asking.filled(address, asked)
                        spent = self.asker.seconds(Person("anonymous"), probe, path)
                        which.append(spent)
            if real:
                result.timing.append(
                    {"address": address, **timing.compared(real, made_up)}
                )


def _add(
    result: Result,
    person: Person,
    found: Iterable[tuple[Probe, Closed, Answer, list[str]]],
) -> None:
    for probe, thing, answer, told in found:
        if answer.failed:
            result.unanswered[answer.failed] += 1
            continue
        result.probes[probe.family, person.name] += 1
        result.errors += answer.status >= 500
        kind = thing.label or thing.kind
        for what in told:
            leak = Leak(probe.family, person.name, kind, thing.id, what, probe.address)
            if leak not in result.leaks:
                result.leaks.append(leak)


def _names(thing: Closed) -> set[str]:
    found = set(thing.references)
    derived = {"place": "resource", "digest_place": "digest"}
    return found | {name for name, source in derived.items() if source in found}


def _source(name: str) -> str:
    return {"place": "resource", "digest_place": "digest"}.get(name, name)


def _echoes(values: dict[str, str]) -> list[str]:
    """What a question said, in all forms of it that may come back."""
    return [*values.values(), *asking.places(values).values()]


def _same(
    answer: Answer, values: dict[str, str], control: Answer, other: dict[str, str]
) -> bool:
    one = judging.comparable(answer, _echoes(values))
    return one == judging.comparable(control, _echoes(other))


def _of_all(
    person: Person, things: Iterable[Closed], *, scoped: bool = False
) -> tuple[Needle, ...]:
    """Needles of all things, for what names none of them."""
    found = (n for thing in things for n in _closed_to(person, thing, scoped=scoped))
    return tuple({needle.text: needle for needle in found}.values())


def _closed_to(person: Person, thing: Closed, *, scoped: bool = False) -> list[Needle]:
    """What of a thing must not be told to a person."""
    if not person.unit_id:
        return list(thing.needles)
    needles = [needle for needle in thing.needles if needle.kind != "author"]
    if scoped and person.name in thing.within:
        open_kinds = {*METADATA, "id"}
        return [needle for needle in needles if needle.kind not in open_kinds]
    return needles
