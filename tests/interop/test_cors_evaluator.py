"""The evaluator against real servers: generated rule sets and requests, each answered by both.

`CORS_SERVERS` names the servers (default: all that enforce rules), `SEED` and
`RULE_SETS` the sample. Moto is left out: it lets the last rule overwrite the
others (`S3Response._set_cors_headers_options` says so itself), as no provider does.
"""

import http.client
import os
import random
import sys
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from galleria_storage.cors.evaluate import CorsRequest, Order, answering_rule
from galleria_storage.cors.rules import CorsRule, found_rules
from galleria_storage.s3.bucket_cors import fetch_rules, put_rules
from galleria_storage.s3.clients import connect
from tests.support.servers import S3Server
from tests.support.servers.fixtures import running_or_skipped

SERVERS = os.environ.get("CORS_SERVERS", "ceph ministack seaweedfs").split()
SEED = int(os.environ.get("SEED", "1"))
RULE_SETS = int(os.environ.get("RULE_SETS", "300"))
REQUESTS = 12
ORDERS: dict[str, Order] = {"ceph": "ceph", "ministack": "aws", "seaweedfs": "ceph"}
#: SeaweedFS has an order of its own: first rule of the origin for a preflight, first that fits for the request
#: itself, and no AllowedHeaders allow all. The profile's order is the cautious one, so that only this is asked:
#: what the evaluator allows is what the server allows.
CAUTIOUS = {"seaweedfs"}
#: Wildcards that SeaweedFS refuses (400) or takes for a letter: it knows them after the scheme and at a header's end.
NOT_UNDERSTOOD = {"seaweedfs": {"*.a.example", "http*://b.example", "https://a.example:*", "*-match", "x-*-name"}}
BUCKET, KEY = "gallery", "photos/one.jpg"

ORIGINS = ["*", "https://a.example", "http://*.example.com", "https://*", "*.a.example", "https://b.example:8443",
           "https://*.a.example", "http*://b.example", "https://A.example", "https://a.example:*", "null"]  # fmt: skip
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"]
HEADERS = ["*", "range", "Content-Type", "x-amz-*", "X-Custom", "*-match", "x-*-name"]
EXPOSED = ["ETag", "Content-Length", "x-amz-request-id"]
ASKED_ORIGINS = ["https://a.example", "https://b.example", "https://b.example:8443", "http://b.example", "null",
                 "http://www.example.com", "http://example.com", "https://x.y.a.example", "https://a.example:444",
                 "https://a.example.evil.test"]  # fmt: skip
ASKED_HEADERS = ["range", "content-type", "x-amz-date", "x-amz-", "x-custom", "if-match", "X-Custom", "x-my-name"]


def rule_sets(generator: random.Random, left_out: set[str]) -> Iterator[list[CorsRule]]:
    """Rules as they are found in the wild: several for one origin, narrow ones first, twins, a hundred."""
    origins = [origin for origin in ORIGINS if origin not in left_out]
    headers = [header for header in HEADERS if header not in left_out]

    def some(values: list[str], low: int, high: int) -> tuple[str, ...]:
        return tuple(generator.sample(values, generator.randint(low, high)))

    for number in range(RULE_SETS):
        length = 100 if number % 50 == 49 else generator.randint(1, 5)
        rules = [
            CorsRule(
                origins=some(origins, 1, 3),
                methods=some(METHODS, 1, 3),
                headers=some(headers, 0, 3),
                expose_headers=some(EXPOSED, 0, 2),
                max_age_seconds=generator.choice([None, 0, 60, 3600]),
            )
            for _ in range(length)
        ]
        if length > 1 and generator.random() < 0.2:
            rules[-1] = rules[0]
        yield rules


def requests(generator: random.Random) -> Iterator[tuple[str, CorsRequest]]:
    for _ in range(REQUESTS):
        origin = generator.choice(ASKED_ORIGINS)
        if generator.random() < 0.25:
            yield "", CorsRequest(origin, generator.choice(["GET", "HEAD"]))
        else:
            headers = tuple(generator.sample(ASKED_HEADERS, generator.choice([0, 0, 1, 1, 2])))
            yield "OPTIONS", CorsRequest(origin, generator.choice(METHODS), headers)


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[S3Server]:
    with running_or_skipped(request.param) as started:
        yield started


class Browser:
    """Sends one CORS request and gives what the answer lets a browser know."""

    def __init__(self, endpoint: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=10)

    def close(self) -> None:
        self._connection.close()

    def ask(self, verb: str, request: CorsRequest) -> tuple[frozenset[str], str | None] | None:
        headers = {"Origin": request.origin}
        if verb == "OPTIONS":
            headers["Access-Control-Request-Method"] = request.method
            if request.headers:
                headers["Access-Control-Request-Headers"] = ",".join(request.headers)
        self._connection.request(verb or request.method, f"/{BUCKET}/{KEY}", headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.getheader("Access-Control-Allow-Origin") not in {"*", request.origin}:
            return None
        # SeaweedFS allows the origin of a preflight even where it names neither method nor headers.
        if verb == "OPTIONS" and not (
            {request.method.lower()} <= _names(answer, "Access-Control-Allow-Methods")
            and set(map(str.lower, request.headers)) <= _names(answer, "Access-Control-Allow-Headers")
        ):
            return None
        return _names(answer, "Access-Control-Expose-Headers"), answer.getheader("Access-Control-Max-Age")


def _names(answer: http.client.HTTPResponse, header: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in (answer.getheader(header) or "").split(",") if name.strip())


def said(rules: tuple[CorsRule, ...], number: int | None) -> tuple[frozenset[str], str | None] | None:
    """What the rule that answers lets a browser know, in the form of `Browser.ask`."""
    if number is None:
        return None
    rule = rules[number]
    age = None if rule.max_age_seconds is None else str(rule.max_age_seconds)
    return frozenset(name.lower() for name in rule.expose_headers), age


def test_the_evaluator_answers_as_the_server_does(server: S3Server) -> None:
    generator = random.Random(SEED)
    client = server.client()
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key=KEY, Body=b"photo")
    if server.name == "ceph":
        client.put_object_acl(Bucket=BUCKET, Key=KEY, ACL="public-read")
    connection = connect(server.access(BUCKET))
    order = ORDERS[server.name]
    assert server.profile == "" or connection.profile.cors_order == order
    differing, compared = [], 0
    with closing(Browser(server.endpoint)) as browser:
        for number, rules in enumerate(rule_sets(generator, NOT_UNDERSTOOD.get(server.name, set()))):
            put_rules(connection.client, BUCKET, [rule.to_document() for rule in rules])
            found = found_rules(fetch_rules(connection.client, BUCKET))
            for verb, request in requests(generator):
                ours = said(found, answering_rule(found, request, order))
                theirs = browser.ask(verb, request)
                compared += 1
                if ours != theirs and not (server.name in CAUTIOUS and ours is None):
                    differing.append((number, verb or request.method, request, ours, theirs))
    sys.stdout.write(f"\n{server.name}: {compared} answers compared, {len(differing)} differ (seed {SEED})\n")
    assert differing == []
    assert compared == RULE_SETS * REQUESTS
