from typing import Any


class Streams:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    def close_all(self) -> None:
        pass
