"""LINE's own OpenAPI files as a contract: every request, response and webhook of the sandbox's tests is held against them.

The files are read from beside the repository where they are present; they are never copied into it. Ordinary validators
do not follow a discriminator from a base to its children, so the schemas are prepared first (`_follow_discriminators`).
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml
from aiohttp import web
from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parents[2].parent / "shared" / "line-openapi"
FILES = ("messaging-api", "insight", "channel-access-token", "liff", "webhook")

# LINE Login and its pages are documented, but in none of the files.
OUTSIDE = re.compile(
    r"/(oauth2/v2\.1/(authorize|certs|userinfo|verify|token|revoke)|v2/profile|friendship/v1/status|user/v1/deauthorize)"
)
API = re.compile(r"/(v2|oauth2|bot|friendship|user|liff/v1)/")

Json = dict[str, Any]


@cache
def load() -> "Contract | None":
    """The contract, or None where the files are absent."""
    return Contract() if FOLDER.is_dir() else None


class Contract:
    def __init__(self) -> None:
        self._operations: list[tuple[str, re.Pattern[str], bool, Json, str]] = []
        self._documents: dict[str, Json] = {}
        for name in FILES:
            document = yaml.load((FOLDER / f"{name}.yml").read_text(), yaml.CSafeLoader)
            _follow_discriminators(document["components"]["schemas"])
            self._documents[name] = _allow_null(document)
            for template, item in document["paths"].items():
                for method, operation in item.items():
                    if method in ("get", "post", "put", "delete"):
                        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", template))
                        operation["parameters"] = operation.get("parameters", []) + item.get("parameters", [])
                        self._operations.append((method.upper(), pattern, "{" in template, operation, name))
        # Fixed paths first: /richmenu/list is not a rich menu called "list".
        self._operations.sort(key=lambda entry: entry[2])
        self._validators: dict[str, Draft202012Validator] = {}

    def check_exchange(self, request: web.Request, sent: bytes, response: web.StreamResponse) -> list[str]:
        """What is wrong with one API exchange."""
        found = next(
            (each for each in self._operations if each[0] == request.method and each[1].fullmatch(request.path)), None
        )
        if found is None:
            known = response.status == 404 or OUTSIDE.fullmatch(request.path)
            return [] if known else [f"{request.method} {request.path} is in no specification"]
        if request.path == "/oauth2/v2.1/token" and b"client_assertion" not in sent:
            return []  # LINE Login issues its tokens at the same address
        operation, file = found[3], found[4]
        where = f"{request.method} {request.path} → {response.status}"
        problems = []
        if "x-line-request-id" not in response.headers:
            problems.append("no x-line-request-id")
        if response.status < 300 or response.status == 409:
            problems += self._check_request(file, operation, request, sent)
        problems += self._check_response(file, operation, response, success=response.status < 300)
        return [f"{where}: {problem}" for problem in problems]

    def check_webhook(self, body: Json) -> list[str]:
        return self._errors("webhook", {"$ref": "#/components/schemas/CallbackRequest"}, body)

    def _check_request(self, file: str, operation: Json, request: web.Request, sent: bytes) -> list[str]:
        problems = [
            f"parameter {each['name']} is missing"
            for each in operation["parameters"]
            if each.get("required") and each["in"] == "query" and each["name"] not in request.query
        ]
        for content_type, media in operation.get("requestBody", {}).get("content", {}).items():
            if content_type == "application/json" and sent:
                problems += self._errors(file, media["schema"], json.loads(sent))
            elif content_type == "application/x-www-form-urlencoded":
                problems += self._errors(file, media["schema"], dict(parse_qsl(sent.decode())))
        return problems

    def _check_response(self, file: str, operation: Json, response: web.StreamResponse, *, success: bool) -> list[str]:
        declared = operation["responses"].get(str(response.status))
        if declared is None and success:
            # Documented, though not in the file: large media is 202 while it is prepared.
            return [] if response.status == 202 and "binary" in str(operation) else ["the status is not declared"]
        schema: Json | None = {"$ref": "#/components/schemas/ErrorResponse"}
        if declared is not None:
            schema = declared.get("content", {}).get("application/json", {}).get("schema")
        elif file == "liff":
            schema = None
        if schema is None or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return []
        return self._errors(file, schema, json.loads(response.body))

    def _errors(self, file: str, schema: Json, value: Any) -> list[str]:
        key = file + json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            components = {"components": self._documents[file]["components"]}
            self._validators[key] = Draft202012Validator({**components, **schema}, format_checker=FormatChecker())
        errors = self._validators[key].iter_errors(value)
        return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def _follow_discriminators(schemas: dict[str, Json]) -> None:
    """Make each base choose its child: `B__own` keeps the base's own fields and is what the children extend."""
    for base, schema in list(schemas.items()):
        discriminator = schema.get("discriminator")
        if not discriminator or "mapping" not in discriminator:
            continue
        name, mapping = discriminator["propertyName"], discriminator["mapping"]
        own = {key: value for key, value in schema.items() if key != "discriminator"}
        reference, own_reference = f"#/components/schemas/{base}", f"#/components/schemas/{base}__own"
        for child in schemas.values():
            for part in child.get("allOf", []):
                if part.get("$ref") == reference:
                    part["$ref"] = own_reference
        schemas[f"{base}__own"] = own
        choices = [
            {"if": {"properties": {name: {"const": kind}}, "required": [name]}, "then": {"$ref": target}}
            for kind, target in mapping.items()
        ]
        schemas[base] = {
            "allOf": [
                {"$ref": own_reference},
                {"properties": {name: {"enum": list(mapping)}}, "required": [name]},
                *choices,
            ]
        }


def _allow_null(item: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a list of types."""
    if isinstance(item, list):
        return [_allow_null(each) for each in item]
    if not isinstance(item, dict):
        return item
    made = {key: _allow_null(value) for key, value in item.items()}
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
