"""A Bundle as it comes: bytes in, its resources out, each valid FHIR R4 of one patient.

The library checks what is read; kinds of resources that say nothing of a screening are counted and left alone. What
is wrong is told by its place in the Bundle, never by its value.
"""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from screening.documents.errors import BadInputError
from screening.documents.limits import Limits

Resource = dict[str, Any]

READ = (
    "Patient",
    "MedicationStatement",
    "MedicationRequest",
    "MedicationAdministration",
    "AllergyIntolerance",
    "Condition",
    "Procedure",
    "Immunization",
    "Observation",
    "DiagnosticReport",
    "DocumentReference",
    "Composition",
)
_REFERRED_TO = ("Medication", "Binary", "Specimen")
_ABOUT = ("subject", "patient")
OTHERS = "entries of another patient"
MODIFIED = "entries with a modifier that is not understood"
_INSTALL = "run pip install 'eligo[fhir]'"


@dataclass(frozen=True)
class Bundle:
    """The resources of a Bundle by kind, in its order; `left` counts the entries that are not read, by why."""

    where: str
    own: Mapping[str, Any]
    by_kind: Mapping[str, tuple[Resource, ...]]
    by_reference: Mapping[str, Resource]
    left: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Resource, ...]:
        return self.by_kind.get(kind, ())

    @property
    def notes(self) -> int:
        """How many of the resources carry free text beside their codes."""
        return sum(bool(one.get("note")) for kind in READ for one in self.of(kind))

    @property
    def goes_on(self) -> bool:
        """Whether it is one page of several."""
        return any(one.get("relation") == "next" for one in self.own.get("link", ()))

    def resolve(self, reference: Mapping[str, Any] | None, inside: Resource) -> Resource | None:
        """What a reference means: a resource contained in `inside`, or another of the Bundle; None for any other."""
        target = str((reference or {}).get("reference", ""))
        if target.startswith("#"):
            contained = inside.get("contained", ())
            return next((one for one in contained if f"#{one.get('id')}" == target), None)
        return self.by_reference.get(target)


def read_bundle(raw: bytes, where: str, limits: Limits) -> Bundle:
    """The Bundle that the bytes hold. Raises BadInputError."""
    if raw.count(b",") > limits.values:
        raise BadInputError(f"{where}: more than {limits.values} values: give those of the last years")
    content = _json(raw, where)
    kind = content.get("resourceType")
    if kind != "Bundle":
        raise BadInputError(f"{where}: a FHIR {_word(kind)}, not a Bundle: give the patient's resources in one Bundle")
    if content.get("type") == "history":
        raise BadInputError(f"{where}: a Bundle of former versions: give one of what holds now, such as a collection")
    entries = content.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise BadInputError(f"{where}: not FHIR R4 at entry: it is no list of entries: check the program that wrote it")
    envelope = {key: value for key, value in content.items() if key != "entry"}
    _check("Bundle", envelope, where, "Bundle")
    by_kind: dict[str, list[Resource]] = {}
    by_reference: dict[str, Resource] = {}
    left: Counter[str] = Counter()
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        resource = entry.get("resource")
        name = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or name not in READ + _REFERRED_TO:
            left[_word(name)] += 1
            continue
        _check(name, resource, where, f"entry[{number}].resource")
        if _is_modified(resource):
            left[MODIFIED] += 1
            continue
        written = json.dumps(resource, sort_keys=True, default=str)
        if written in seen:
            continue  # given twice, as by a search
        seen.add(written)
        by_kind.setdefault(name, []).append(resource)
        for reference in _references(entry, resource):
            by_reference[reference] = resource
    kinds = {name: tuple(resources) for name, resources in by_kind.items()}
    return _of_one_patient(Bundle(where, envelope, kinds, by_reference, left))


def _is_modified(value: Any) -> bool:
    """Whether an extension changes the meaning of a resource or of a part of it: FHIR forbids to go on without it."""
    if isinstance(value, dict):
        return bool(value.get("modifierExtension")) or any(map(_is_modified, value.values()))
    return isinstance(value, list) and any(map(_is_modified, value))


def _json(raw: bytes, where: str) -> Resource:
    try:
        content = json.loads(
            raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refused, object_pairs_hook=_once
        )
    except UnicodeDecodeError as error:
        raise BadInputError(f"{where}: not UTF-8, which FHIR's JSON is: save it again as UTF-8") from error
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise BadInputError(
                f"{where}: several FHIR resources after each other: put them into one Bundle"
            ) from error
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInputError(f"{where}: not readable as JSON at {place}: check that the file is whole") from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{where}: not readable as FHIR's JSON: check the program that wrote it") from error
    if not isinstance(content, dict):
        raise BadInputError(f"{where}: not a FHIR resource: give a Bundle")
    return content


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, in which a key stands once: of two values neither could be trusted."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _word(kind: Any) -> str:
    """The name of a kind of resource, for a message; whatever is no such name is none of ours to repeat."""
    return kind if isinstance(kind, str) and kind.isalpha() and len(kind) < 40 else "resource of no kind"


def _check(kind: str, resource: Resource, where: str, place: str) -> None:
    """Raises BadInputError with the path of the first fault."""
    from pydantic import ValidationError

    try:
        module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
    except ModuleNotFoundError as error:
        raise BadInputError(f"{where}: a FHIR Bundle, for which a library is missing: {_INSTALL}") from error
    try:
        getattr(module, kind).model_validate(resource)
    except (ValidationError, RecursionError) as error:
        path = _path(error) if isinstance(error, ValidationError) else ""
        raise BadInputError(
            f"{where}: not FHIR R4 at {place}{path} ({kind}): check the program that wrote it"
        ) from error


def _path(error: Any) -> str:
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"] if _is_name(part)]
    return "".join(parts)


def _is_name(part: int | str) -> bool:
    return isinstance(part, int) or part.replace("_", "").isalnum()


def _references(entry: Mapping[str, Any], resource: Resource) -> Iterator[str]:
    if isinstance(entry.get("fullUrl"), str):
        yield entry["fullUrl"]
    if "id" in resource:
        yield f"{resource['resourceType']}/{resource['id']}"


def _of_one_patient(bundle: Bundle) -> Bundle:
    """The Bundle without what is of another patient than the one that it holds. Raises BadInputError for several."""
    patients = bundle.of("Patient")
    if len({id(patient) for patient in patients}) > 1:
        raise BadInputError(f"{bundle.where}: holds {len(patients)} patients: give a Bundle for each patient")
    named = {key for key, resource in bundle.by_reference.items() if resource in patients}
    told = {target for kind in READ for one in bundle.of(kind) if (target := _subject(one))}
    if not patients:
        if len(told) > 1:
            raise BadInputError(f"{bundle.where}: tells of {len(told)} patients: give a Bundle for each patient")
        return bundle
    others = {target for target in told if target not in named and target.rsplit("/", 2)[-2:] not in _ends(named)}
    if not others:
        return bundle
    kept = {kind: tuple(one for one in bundle.of(kind) if _subject(one) not in others) for kind in bundle.by_kind}
    count = sum(len(bundle.of(kind)) - len(kept[kind]) for kind in kept)
    return Bundle(bundle.where, bundle.own, kept, bundle.by_reference, {**bundle.left, OTHERS: count})


def _subject(resource: Resource) -> str | None:
    """Whom a resource is about, as it refers to it."""
    told: Resource = next((resource[key] for key in _ABOUT if isinstance(resource.get(key), dict)), {})
    reference = told.get("reference")
    return reference if isinstance(reference, str) else None


def _ends(references: set[str]) -> list[list[str]]:
    """The kind and id at the end of each reference, which is how another server's address of it ends too."""
    return [reference.split("/")[-2:] for reference in references]
