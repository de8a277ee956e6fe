"""SQL statements and bytes of a page, within one process:  python -m tests.bench.statements PATH… (JSON of names)

`--profile NAME` prints where the time of that page goes instead; `--sql NAME` its statements.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import time

import django

FIRST_LOAD = ("ui.css", "ui.js", "icons.svg", "favicon.svg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", help="JSON: name → [cookies, path]")
    parser.add_argument("--profile", metavar="NAME")
    parser.add_argument("--sql", metavar="NAME")
    asked = parser.parse_args()
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from firstline.core.ui.bundle import _assets

    counted: dict[str, object] = {}
    for name, (cookies, path) in json.loads(asked.pages).items():
        if asked.profile not in {None, name} or asked.sql not in {None, name}:
            continue
        client = Client(SERVER_NAME="127.0.0.1")
        client.cookies.load(cookies)
        assert client.get(path).status_code == 200, (name, client.get(path))
        if asked.profile:
            _profile(client, path)
            continue
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path)
        # The next request forgets them. Every other second some page looks whether settings changed; who, is chance.
        statements = [query for query in seen.captured_queries if '"preference"' not in query["sql"]]
        zipped = client.get(path, headers={"Accept-Encoding": "gzip"})
        counted[name] = {"statements": len(statements), "bytes": len(answer.content), "zipped": len(zipped.content)}
        if asked.sql:
            for query in statements:
                print(f"{query['time']} s  {query['sql'][:1500]}\n")
    if not asked.profile and not asked.sql:
        first = [asset for stem, asset in _assets(0).items() if stem in FIRST_LOAD]
        counted["assets"] = sum(len(asset.content) for asset in first)
        counted["assets_zipped"] = sum(len(asset.zipped) for asset in first)
        print(json.dumps(counted))


def _profile(client: object, path: str) -> None:
    get = client.get  # type: ignore[attr-defined]
    for _ in range(20):
        get(path)
    begun = time.process_time()
    for _ in range(50):
        get(path)
    print(f"{(time.process_time() - begun) / 50 * 1000:.2f} ms of processor time a page")
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(50):
        get(path)
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
    pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
