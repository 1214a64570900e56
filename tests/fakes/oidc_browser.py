"""What a browser does between the button and the way back: the pages of the real provider, without drawing them."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urljoin, urlsplit

import aiohttp

_FORM = re.compile(r'<form[^>]*action="([^"]+)"')
_PROMPT = re.compile(r'name="prompt" value="([^"]+)"')
_MOST_STEPS = 12


async def sign_in_at(authorization_url: str, name: str) -> Mapping[str, str]:
    """Sign in under the name and agree to everything; the query that the provider sends the browser back with."""
    url, method, data = authorization_url, "GET", None
    jar = aiohttp.CookieJar(unsafe=True)  # the provider runs at an address, not at a name
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        for _ in range(_MOST_STEPS):
            async with browser.request(method, url, data=data, allow_redirects=False) as answer:
                if answer.status in (302, 303):
                    url, method, data = urljoin(url, answer.headers["Location"]), "GET", None
                    if urlsplit(url).path == "/sign-in/oidc/callback":
                        return dict(parse_qsl(urlsplit(url).query))
                    continue
                page = await answer.text()
            form, prompt = _FORM.search(page), _PROMPT.search(page)
            assert form is not None, page
            assert prompt is not None, page
            url, method = urljoin(url, form[1]), "POST"
            data = {"prompt": prompt[1], "login": name, "password": "whatever"}
    raise AssertionError("the provider never sends the browser back")
