"""The browsers of tests/start_walk.py and its parts: people who see pages, fill in what stands on them
and press; and the office in which they get their accounts."""

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from lxml.html import HtmlElement, document_fromstring

from orgs.enums import Post
from orgs.models import OfficeHolding, Organization, User
from orgs.queries.rosters import phone_of

HOST = "portal.example.cn"
NEW = "Blue-Kettle-{}-Moon"
SECRET = re.compile(r"<b>([^<]+)</b>.*?<code>([^<]+)</code>.*?data-secret>([^<]+)<", re.DOTALL)
NOT_SENT = ("file", "submit", "button", "reset", "image")


class Browser:
    """A person's browser over TLS, which follows where it is led."""

    def __init__(self) -> None:
        self.client = Client(headers={"host": HOST})
        self.username = self.password = ""
        self.shown = "", ""  # the address and the source of the page that is open

    def get(self, url: str) -> str:
        answer = self.client.get(url, secure=True, follow=True)
        assert answer.status_code == 200, (url, answer.status_code)
        return self._see(url, answer)

    def _see(self, url: str, answer: Any) -> str:
        text = answer.content.decode()
        at = answer.redirect_chain[-1][0] if answer.redirect_chain else url
        self.shown = urljoin(url, at), text
        return html.unescape(text)

    def post(self, url: str, /, status: int = 200, **fields: Any) -> str:
        answer = self.client.post(url, fields, secure=True, follow=True)
        text = html.unescape(answer.content.decode())
        assert answer.status_code == status, (url, answer.status_code, text)
        return text

    def confirm(self, url: str, **fields: Any) -> str:
        """Looks at a preview and says yes to what it shows."""
        found = re.search(r'name="seen" value="(\w*)"', self.get(url))
        assert found, url
        return self.post(url, seen=found[1], **fields)

    def submit(self, page: str, act: str = "", status: int = 200, **typed: Any) -> str:
        """Fills in a form on the page at `page` and sends all of it, as a browser does: the one that
        leads to an address that ends with `act`, without that to the page itself. What the portal
        asks before an act is agreed to. Without `page` the form is looked for on the open page."""
        form, url = self.form(page, act)
        fields = fields_of(form)
        unknown = [name for name in typed if name not in fields and name not in buttons_of(form)]
        assert not unknown, (page, unknown, sorted(fields))
        answer = self.client.post(url, {**fields, **typed}, secure=True, follow=True)
        if b'name="agreed"' in answer.content:
            asked = document_fromstring(answer.content.decode())
            form = next(one for one in asked.iterfind(".//form") if "seen" in fields_of(one))
            again = urljoin(url, form.get("action") or url)
            body = {**fields_of(form), "agreed": "yes"}
            answer = self.client.post(again, body, secure=True, follow=True)
        text = self._see(url, answer)
        assert answer.status_code == status, (url, answer.status_code, refusals(text))
        return text

    def form(self, page: str, act: str = "") -> tuple[HtmlElement, str]:
        """A form on the page at `page`, or on the one that is open, and where it is sent to."""
        if page:
            self.get(page)
        at, source = self.shown
        wanted = act or urlsplit(at).path
        forms = [
            (form, urljoin(at, form.get("action") or at))
            for form in document_fromstring(source).iterfind(".//form")
            if form.get("method") == "post"
        ]
        found = [(form, url) for form, url in forms if urlsplit(url).path.endswith(wanted)]
        assert found, (page, wanted, [url for _, url in forms])
        return found[0]

    def come_back(self, username: str = "") -> "Browser":
        """Signs in a season later, when the password has to be another."""
        self.username = username or self.username
        own = self.password or NEW.format(sum(map(ord, self.username)))
        page = self.post("/login/", username=self.username, password=own)
        assert "密码已到更换期限" in page, page
        self.password = f"{own}-2"
        self.post("/account/password/", current=own, new=self.password, again=self.password)
        return self

    def enter(self, username: str, secret: str, proof: str = "") -> str:
        """The first sign-in: proof where it is asked, then a password of one's own."""
        page = self.post("/login/", username=username, password=secret)
        if proof:
            assert "核对本人" in page, page
            page = self.post("/account/first-use/", answer=proof)
        assert "设置自己的密码" in page, page
        self.username = username
        own = NEW.format(sum(map(ord, username)))
        return self.post("/account/password/", new=own, again=own)


def fields_of(form: HtmlElement) -> dict[str, Any]:
    """What a form would send as it stands; a name with several values, or with boxes none of which
    is ticked, is a list."""
    found: dict[str, Any] = {}
    for box in form.iter("input", "textarea", "select"):
        name, kind = box.get("name"), box.get("type", "")
        if not name or box.get("disabled") is not None or kind in NOT_SENT:
            continue
        if box.tag == "textarea":
            given = [(box.text or "").removeprefix("\n")]
        elif box.tag == "select":
            options = list(box.iter("option"))
            chosen = [one for one in options if one.get("selected") is not None]
            if box.get("multiple") is None:
                chosen = chosen[-1:] or options[:1]
            given = [one.get("value", one.text or "") for one in chosen]
        elif kind in ("checkbox", "radio"):
            given = [box.get("value", "on")] if box.get("checked") is not None else []
            found.setdefault(name, [])
        else:
            given = [box.get("value", "")]
        there = found.get(name)
        if isinstance(there, list):
            there.extend(given)
        else:
            found[name] = given[0] if len(given) == 1 else given
    return found


def buttons_of(form: HtmlElement) -> set[str]:
    """The names that its buttons send."""
    return {str(one.get("name")) for one in form.iter("button") if one.get("name")}


def refusals(page: str) -> str:
    """What a page says is wrong, for whoever reads that a step failed."""
    said = re.findall(
        r'(?:field-error|invalid-feedback|role="alert")[^>]*>(.*?)</(?:p|span|div)', page, re.DOTALL
    )
    texts = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in said]
    return "；".join(one for one in texts if one) or page


class Office:
    """The two who open accounts and give grants, and the office they do it for."""

    def __init__(self, system: Browser, security: Browser, root: Organization) -> None:
        self.system, self.security, self.root = system, security, root

    def come_back(self) -> "Office":
        """Both at a later day."""
        return Office(Browser().come_back("sysadmin"), Browser().come_back("secadmin"), self.root)

    def engage(
        self, role: str, first: str, people: dict[str, tuple[str, str]]
    ) -> dict[str, Browser]:
        """Opens accounts (username -> name, phone), gives each the role at the root from a day on,
        prints the slips, and has each sign in."""
        for username, (name, phone) in people.items():
            self.system.submit(
                "/administration/accounts/new/", username=username, name=name, phone=phone
            )
            user = User.objects.get(username=username)
            self.security.post(
                f"/administration/grants/new/?person={username}&role={role}&organization=",
                user=user.pk, organization=self.root.pk, role=role, valid_from=first,
            )  # fmt: skip
        found = {}
        for login, secret in self.slips(self.root).values():
            browser = Browser()
            browser.enter(login, secret, people[login][1][-4:])
            found[login] = browser
        return found

    def slips(self, place: Organization) -> dict[str, tuple[str, str]]:
        """The slips of a committee, printed: name -> what to sign in with."""
        sheet = self.security.confirm(f"/administration/slips/{place.pk}/")
        return {name: (login, secret) for name, login, secret in SECRET.findall(sheet)}

    def staff_of(self, place: Organization) -> Browser:
        """The secretary of a committee, who works for it here, at the first sign-in."""
        name = (
            OfficeHolding.objects.current().get(organization=place, post=Post.SECRETARY).person_name
        )
        login, secret = self.slips(place)[name]
        browser = Browser()
        browser.enter(login, secret, phone_of(place)[-4:])
        return browser
