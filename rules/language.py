"""The protocol as a typed tree: a YAML file goes in, a `Protocol` of numbered criteria over tests comes out.

A reader of the file can hold every criterion against its quote of the registry; whoever evaluates it (the compiler, the
reference evaluator, the explanation) sees the same tree. A malformed file is refused with file, line and key.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator

from rules.protocol_text import Path_, ProtocolError, line_of, located, read_yaml
from rules.tests import KINDS
from rules.tests.base import BOUNDS, Test

Model = TypeVar("Model", bound=BaseModel)


class Part(BaseModel):
    """What every piece of a protocol is: immutable, and no key but the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class All(Part):
    """Holds when every part holds, fails when one fails."""

    all: Annotated[tuple[Node, ...], Field(min_length=1)]


class AnyOf(Part):
    """Holds when one part holds, fails when every part fails."""

    any: Annotated[tuple[Node, ...], Field(min_length=1)]


class AtLeast(Part):
    """Holds when `at_least` of the parts hold, fails when too few are left that could."""

    at_least: Annotated[int, Field(ge=1, strict=True)]
    of: Annotated[tuple[Node, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _reachable(self) -> AtLeast:
        if self.at_least > len(self.of):
            raise ValueError(f"at least {self.at_least} of {len(self.of)} can never hold")
        return self


class Not(Part):
    """Holds when its part fails, fails when its part holds."""

    part: Annotated[Node, Field(alias="not")]
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)


Node = All | AnyOf | AtLeast | Not | SerializeAsAny[Test]
Connective = All | AnyOf | AtLeast | Not


class Ambiguity(Part):
    """The ways in which the source can be read, and the one taken here until the investigator confirms."""

    readings: Annotated[tuple[str, ...], Field(min_length=2)]
    taken: str
    confirmed_by: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Ambiguity:
        if self.taken not in self.readings:
            raise ValueError("'taken' is one of 'readings', word for word")
        return self


class Cohort(Part):
    """A group of patients with criteria of its own beside those that all share."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
    title: str


class Criterion(Part):
    """A numbered item. Exactly one of `requires` (inclusion) and `excludes` (exclusion) is given.

    An inclusion criterion passes when its tree holds, an exclusion criterion when its tree fails. Where `applies_to`
    fails (the patient is not one whom the criterion concerns) it passes. `settled_at_visit`: the screening visit
    settles it anyway, so leaving it open never changes the verdict. `essential`: it must be known before a patient is
    invited. `clears_with_time`: a window that time alone will close. `recommended`: the trial advises it, so it is
    answered and shown but decides nothing. `cohorts` are those it is asked of (none: every patient). `repeats` is the
    criterion that the registry says twice.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    number: str
    title: str
    quote: Annotated[str, Field(min_length=1)]
    reading: str | None = None
    ambiguity: Ambiguity | None = None
    silence: str = "confirm at the visit"
    applies_to: Node | None = None
    requires: Node | None = None
    excludes: Node | None = None
    settled_at_visit: bool = False
    essential: bool = False
    clears_with_time: bool = False
    recommended: bool = False
    cohorts: tuple[str, ...] = ()
    repeats: str | None = None

    @model_validator(mode="after")
    def _one_tree(self) -> Criterion:
        if (self.requires is None) == (self.excludes is None):
            raise ValueError("give exactly one of 'requires' (an inclusion) and 'excludes' (an exclusion)")
        return self

    @property
    def kind(self) -> Literal["inclusion", "exclusion"]:
        return "inclusion" if self.excludes is None else "exclusion"

    @functools.cached_property
    def tree(self) -> Node:
        """The whole condition, with whom the criterion applies to worked in.

        Where it does not apply, an inclusion holds and an exclusion fails: both pass.
        """
        if self.requires is not None:
            return self.requires if self.applies_to is None else AnyOf(any=(_negated(self.applies_to), self.requires))
        assert self.excludes is not None
        return self.excludes if self.applies_to is None else All(all=(self.applies_to, self.excludes))


class Protocol(Part):
    """A trial's criteria in their order. `sha256` is that of the file's bytes, set by the loader.

    `status` is that of this encoding: a draft until `reviewer` has approved it. `effective` is the day from which it
    holds, `snapshot` the day of the registry's text that it was made from; `partial` coverage says that this text is
    not the whole list (`coverage_note`: what is missing).
    """

    id: str
    version: Annotated[str, Field(coerce_numbers_to_str=True)]
    title: str
    product: str | None = None
    disease: str | None = None
    sponsor: str | None = None
    recruitment: str | None = None
    status: Literal["draft", "approved"] = "draft"
    effective: date | None = None
    snapshot: date | None = None
    author: str | None = None
    reviewer: str | None = None
    coverage: Literal["full", "partial"] = "full"
    coverage_note: str | None = None
    default: bool = False
    source: str | None = None
    cohorts: tuple[Cohort, ...] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    sha256: str = ""

    @model_validator(mode="after")
    def _distinct(self) -> Protocol:
        ids = [criterion.id for criterion in self.criteria]
        twice = sorted({key for key in ids if ids.count(key) > 1})
        if twice:
            raise ValueError(f"two criteria have the id '{twice[0]}'")
        known = {cohort.id for cohort in self.cohorts}
        for criterion in self.criteria:
            foreign = sorted(set(criterion.cohorts) - known)
            if foreign:
                raise ValueError(f"criterion '{criterion.id}' names the cohort '{foreign[0]}', which 'cohorts' lacks")
        return self

    @model_validator(mode="after")
    def _signed(self) -> Protocol:
        if self.status == "approved" and not (self.reviewer and self.effective):
            raise ValueError("an approved protocol says its 'reviewer' and from when it is 'effective'")
        return self


def _negated(node: Node) -> Not:
    return Not.model_validate({"not": node})


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a connective in order; a test has none."""
    match node:
        case All():
            return node.all
        case AnyOf():
            return node.any
        case AtLeast():
            return node.of
        case Not():
            return (node.part,)
        case _:
            return ()


def leaf_tests(node: Node) -> Iterator[Test]:
    """The tests of a tree, from left to right."""
    if isinstance(node, Test):
        yield node
    for child in children(node):
        yield from leaf_tests(child)


# --- reading a file ---------------------------------------------------------------------------------------------------


def load_protocol(path: Path) -> Protocol:
    """The protocol of a YAML file. Raises ProtocolError: one line with the file, the line, the key and the reason."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise ProtocolError(f"{path}: cannot be read ({error.strerror}): name a protocol file") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{path}: not UTF-8 text: save the protocol as UTF-8") from error
    return parse_protocol(text, str(path), hashlib.sha256(raw).hexdigest())


def parse_protocol(text: str, name: str, sha256: str = "") -> Protocol:
    """As `load_protocol`, of a text that is already read; `name` stands in messages for the file."""
    content, lines = read_yaml(text, name)
    if not isinstance(content, dict):
        raise ProtocolError(f"{name}, line 1: a protocol is a mapping with 'id', 'version', 'title' and 'criteria'")
    if "sha256" in content:
        raise ProtocolError(f"{name}, line {line_of(lines, ('sha256',))}, key 'sha256': is computed, leave it out")
    try:
        return Protocol.model_validate({**_parse_trees(content), "sha256": sha256})
    except _TreeError as error:
        raise ProtocolError(located(name, lines, error.path, error.problem)) from error
    except ValidationError as error:
        raise ProtocolError(located(name, lines, *plain_error(error))) from error


class _TreeError(ValueError):
    def __init__(self, path: Path_, problem: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem


def form_problems(content: Any) -> list[tuple[Path_, str]]:
    """Everything that keeps the content of a file from being a protocol: (where, what), of each criterion the first."""
    if not isinstance(content, dict):
        return [((), "a protocol is a mapping with 'id', 'version', 'title' and 'criteria'")]
    criteria = content.get("criteria")
    found: list[tuple[Path_, str]] = []
    for index, criterion in enumerate(criteria if isinstance(criteria, list) else ()):
        try:
            if isinstance(criterion, dict):
                criterion = _with_trees(criterion, index)
            Criterion.model_validate(criterion)
        except _TreeError as error:
            found.append((error.path, error.problem))
        except ValidationError as error:
            path, problem = plain_error(error)
            found.append((("criteria", index, *path), problem))
    if not found:
        try:
            Protocol.model_validate(_parse_trees(content))
        except ValidationError as error:
            found.append(plain_error(error))
    return found


def _parse_trees(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the typed tree in the place of each raw one."""
    criteria = content.get("criteria")
    if not isinstance(criteria, list):
        return dict(content)  # the model says so
    trees = [_with_trees(one, index) if isinstance(one, dict) else one for index, one in enumerate(criteria)]
    return {**content, "criteria": trees}


def _with_trees(criterion: Mapping[str, Any], index: int) -> dict[str, Any]:
    keys = [key for key in ("applies_to", "requires", "excludes") if criterion.get(key) is not None]
    return {**criterion, **{key: parse_node(criterion[key], ("criteria", index, key)) for key in keys}}


def parse_node(raw: Any, path: Path_ = ()) -> Node:
    """A node from plain data: a connective by its keys, a test by its first key."""
    if isinstance(raw, Part | Test):
        return raw  # type: ignore[return-value]
    if not isinstance(raw, Mapping) or not raw:
        raise _TreeError(path, "a condition is a mapping: all, any, at_least with of, not, or a test")
    keys = list(raw)
    if keys in (["all"], ["any"]):
        return _connective({keys[0]: _parse_list(raw[keys[0]], (*path, keys[0]))}, path)
    if set(keys) == {"at_least", "of"}:
        return _connective({"at_least": raw["at_least"], "of": _parse_list(raw["of"], (*path, "of"))}, path)
    if keys == ["not"]:
        return _connective({"not": parse_node(raw["not"], (*path, "not"))}, path)
    kind = KINDS.get(str(keys[0]))
    if kind is None:
        known = ", ".join(sorted(KINDS))
        raise _TreeError((*path, keys[0]), f"no kind of test begins with '{keys[0]}' (there are: {known})")
    given = [key for key in BOUNDS if key in raw]
    if len(given) > 1 and set(given) <= set(kind.model_fields):  # a range is all of one test a bound
        single = ({key: value for key, value in raw.items() if key == one or key not in given} for one in given)
        return _connective({"all": tuple(_validated(kind, part, path) for part in single)}, path)
    return _validated(kind, raw, path)


def _parse_list(raw: Any, path: Path_) -> tuple[Node, ...]:
    if not isinstance(raw, list):
        raise _TreeError(path, "is a list of conditions")
    return tuple(parse_node(entry, (*path, index)) for index, entry in enumerate(raw))


def _connective(raw: dict[str, Any], path: Path_) -> Node:
    models: dict[str, type[Connective]] = {"all": All, "any": AnyOf, "not": Not, "at_least": AtLeast}
    return _validated(models[next(iter(raw))], raw, path)


def _validated(model: type[Model], raw: Mapping[str, Any], path: Path_) -> Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        where, problem = plain_error(error)
        raise _TreeError((*path, *where), problem) from error


def plain_error(error: ValidationError) -> tuple[Path_, str]:
    """Where in the content the clearest of its errors lies, and what it says in plain words."""
    first = _clearest(error)
    return first["loc"], _plain(first["msg"])


def _clearest(error: ValidationError) -> Any:
    """The error to show: a key that does not belong is likelier the slip than the one missing for it."""
    return min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")


def _plain(message: str) -> str:
    """Pydantic's words without its prefixes."""
    message = message.removeprefix("Value error, ")
    return {"Extra inputs are not permitted": "is not a key that belongs here", "Field required": "is missing"}.get(
        message, message
    )
