"""Basic authentication. Upstream: src/http/modules/ngx_http_auth_basic_module.c, src/core/ngx_crypt.c"""

from __future__ import annotations

import base64
import hashlib

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.servers.nginx import variables
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location

LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TURNS = 1000


def refused(asked: Asked, location: Location) -> Page | None:
    """The page for whom a location does not let in; None for who may."""
    realm, file = location.word("auth_basic", "off"), location.find("auth_basic_user_file")
    if realm == "off" or file is None:
        return None
    name, password = variables.user(asked)
    wanted = Page(401, headers=(("WWW-Authenticate", f'Basic realm="{asked.filled(realm)}"'),))
    if not name:
        return wanted
    path = file.words[0] if file.words[0].startswith("/") else f"/etc/nginx/{file.words[0]}"
    try:
        rows = asked.process.machine.files.read(path).decode(errors="replace").splitlines()
    except FileError as error:
        asked.complain(f'open() "{path}" failed ({13 if str(error) == "Permission denied" else 2}: {error})')
        return Page(403)
    known = next((row.split(":")[1] for row in rows if row.startswith(f"{name}:")), None)
    if known is None:
        asked.complain(f'user "{name}" was not found in "{path}"')
        return wanted
    if not _fits(password, known):
        asked.complain(f'user "{name}": password mismatch')
        return wanted
    return None


def _fits(password: str, known: str) -> bool:
    if known.startswith("{PLAIN}"):
        return password == known[7:]
    if known.startswith("{SHA}"):
        return base64.b64encode(hashlib.sha1(password.encode()).digest()).decode() == known[5:]
    if known.startswith("$apr1$"):
        return apr1(password, known.split("$")[2]) == known
    return False


def apr1(password: str, salt: str) -> str:
    """A password as `htpasswd` and `openssl passwd -apr1` write it."""
    word, seed, salt = password.encode(), salt.encode()[:8], salt[:8]
    inner = _md5(word + seed + word)
    text = word + b"$apr1$" + seed + (inner * (len(word) // 16 + 1))[: len(word)]
    bits = len(word)
    while bits:
        text += b"\0" if bits & 1 else word[:1]
        bits >>= 1
    last = _md5(text)
    for turn in range(TURNS):
        part = word if turn & 1 else last
        part += (seed if turn % 3 else b"") + (word if turn % 7 else b"")
        last = _md5(part + (last if turn & 1 else word))
    order = [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)]
    text64 = "".join(_letters(last[a] << 16 | last[b] << 8 | last[c], 4) for a, b, c in order)
    return f"$apr1${salt}${text64}{_letters(last[11], 2)}"


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data).digest()


def _letters(number: int, count: int) -> str:
    return "".join(LETTERS[number >> (6 * place) & 63] for place in range(count))
