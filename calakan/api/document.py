"""The OpenAPI 3.1 document of the list of operations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from calakan.api.bodies import Body, FileBody
from calakan.api.door import Operation, Param
from calakan.api.problem import MIME_TYPE
from calakan.api.schema import PROBLEM, ref
from calakan.office.house import house

REFUSALS = {
    400: "Permintaan tidak terbaca.",
    401: "Token tidak ada atau tidak berlaku.",
    403: "Bukan untuk akun ini.",
    404: "Tidak ada, atau bukan untuk akun ini.",
    409: "Aturan menolak; lihat code dan detail.",
    413: "Isi terlalu besar.",
    415: "Jenis isi tidak dikenal.",
    422: "Isian atau parameter keliru; lihat errors.",
    429: "Terlalu sering mencoba.",
    500: "Kesalahan di pihak kami.",
    503: "Sedang ada gangguan.",
    507: "Penyimpanan penuh.",
}
PATH_PARAMS = {
    "slug": "Slug diklat, seperti pada alamat halamannya.",
    "id": "Sesi: <slug>~<nomor sesi>, mis. asesmen-formatif~1.",
    "code": "Kode orang, atau kode sertifikat seperti pada QR.",
}
ABOUT = (
    "Pintu untuk program. Aturannya sama dengan halaman. Token: `calakan people token SUREL`, dikirim sebagai "
    "`Authorization: Bearer …`; kuki tidak dipakai. Penolakan berbentuk application/problem+json: `detail` adalah "
    "kalimat untuk pengguna, `code` tetap untuk program. POST menerima Idempotency-Key: permintaan yang sama dengan "
    "kunci yang sama mendapat jawaban pertama selama 24 jam. Waktu ditulis dalam UTC."
)


def refusals_of(operation: Operation) -> list[int]:
    """Every status besides success that an operation may answer."""
    found = {*operation.refusals, 400, 429, 500, 503}
    if not operation.public:
        found.add(401)
    if operation.method != "GET":
        found.add(403)  # a token that reads alone
    if operation.params or operation.body or operation.method == "POST":
        found.add(422)
    if operation.method == "POST":
        found |= {409, 507}
    if operation.body is not None:
        found |= {413, 415}
    return sorted(found)


def document(operations: Sequence[Operation], prefix: str) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = entry(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": house().name, "version": "1", "description": ABOUT},
        "servers": [{"url": prefix}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
            "responses": {str(status): _problem(text) for status, text in REFUSALS.items()},
        },
    }


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MIME_TYPE: {"schema": ref("Problem")}}}


def entry(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_in_path(operation.path), *(_in_query(param) for param in operation.params)],
        "responses": {
            str(status): {"description": "Berhasil.", "content": {"application/json": {"schema": schema}}}
            for status, schema in operation.answers.items()
        },
    }
    found["responses"] |= {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals_of(operation)
    }
    if operation.about:
        found["description"] = operation.about
    if operation.public:
        found["security"] = [{}, {"bearer": []}]
    if operation.method == "POST":
        found["parameters"].append(_KEY)
    if operation.body is not None:
        found["requestBody"] = _body(operation.body)
    return found


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Pengulangan dengan kunci dan isi yang sama mendapat jawaban pertama.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": PATH_PARAMS[name], "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _in_query(param: Param) -> dict[str, Any]:
    schema = param.schema
    if param.several:
        single = {name: value for name, value in schema.items() if name != "default"}
        schema = {"type": "array", "items": single, "default": schema.get("default", [])}
    found = {"name": param.name, "in": "query", "required": False, "description": param.about, "schema": schema}
    return {**found, "style": "form", "explode": False} if param.several else found


def _body(body: Body | FileBody) -> dict[str, Any]:
    if isinstance(body, FileBody):
        return {"required": True, "content": {kind: {"schema": {}} for kind in body.types}}
    schema = body.schema()
    return {"required": "required" in schema, "content": {"application/json": {"schema": schema}}}
