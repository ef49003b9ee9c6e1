"""A small real OpenID Connect provider on a port of its own: discovery, code with PKCE, RS256."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "huying", "shared-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    """Signs in whoever `claims` says, without asking."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *arguments: Any) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                if address.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(query))
                    self.end_headers()
                    return
                bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                self._say(provider.answer(address.path, bearer))

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                form = parse_qs(self.rfile.read(length).decode())
                basic = self.headers.get("Authorization", "")
                self._say(provider.token({n: v[0] for n, v in form.items()}, basic))

            def _say(self, answer: dict[str, Any] | None) -> None:
                body = json.dumps(answer or {"error": "invalid"}).encode()
                self.send_response(200 if answer else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to, with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = urlencode({"code": code, "state": query["state"]})
        return f"{query['redirect_uri']}?{back}"

    def token(self, form: dict[str, str], basic: str) -> dict[str, Any] | None:
        """Tokens for a code, once, to the client that began, who proves it (PKCE)."""
        begun = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if form.get("client_secret") != SECRET and basic != f"Basic {known}":
            return None
        if begun is None or form["redirect_uri"] != begun["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != begun["code_challenge"]:
            return None
        at = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 60, **self.claims}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.claims
        signed = jwt.encode(claims, KEY, "RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str, bearer: str) -> dict[str, Any] | None:
        """Discovery, keys, and who signed in."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks",
                "code_challenge_methods_supported": ["S256"],
            }
        if path == "/jwks":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
            return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}
        return self.tokens.get(bearer)


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """A provider that serves until the end of the block."""
    provider = IdentityProvider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()
