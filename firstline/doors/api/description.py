"""What the API says of itself (OpenAPI)."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI


class Api(NinjaAPI):
    """Says truly that everything that goes wrong is answered as RFC 9457 has it, and not as plain JSON."""

    def get_openapi_schema(self, **options: Any) -> Any:
        described = super().get_openapi_schema(**options)
        for operations in described["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
        return described
