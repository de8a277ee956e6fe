"""What answers before Django does: health, live streams, and the trust in proxies. All else are pages."""

from __future__ import annotations

import asyncio
from typing import Any

from firstline.config.server.pages import Pages, Receive, Scope, Send, say
from firstline.config.server.proxies import believe


class Shell:
    """The ASGI application of the whole product."""

    def __init__(self, pages: Pages, *, live: Any, is_ready: Any, proxies: int) -> None:
        self.live = live
        self._pages = pages
        self._is_ready = is_ready
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        believe(scope, proxies=self._proxies)
        match scope["path"]:
            case "/live":
                await self.live(scope, receive, send)
            case "/health/live":
                await say(send, 200, "ok")
            case "/health/ready":
                ready = await asyncio.get_running_loop().run_in_executor(None, self._is_ready)
                await say(send, 200 if ready else 503, "ok" if ready else "The database does not answer.")
            case _:
                await self._pages(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.live.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.live.stop()
        self._pages.close()
        await send({"type": "lifespan.shutdown.complete"})
