"""What the guide does in the browser, by the pages' own forms, through nginx and TLS: runs inside
the Debian of tests/installation.py. Arguments: the host name, what create_administrators printed.
Standard library only."""

import html.parser
import http.cookiejar
import json
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HOST, PRINTED = sys.argv[1], Path(sys.argv[2]).read_text()
BASE = f"https://{HOST}"
PASSWORD = "Langer-Weg-7-zum-Ziel"


class Forms(html.parser.HTMLParser):
    """The forms of a page: where they go and what is in them."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.text_of, self.links = [], None, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "form":
            self.forms.append({"": given.get("action") or "", "id": given.get("id")})
        elif self.forms and given.get("name"):
            kind = given.get("type", "")
            form = self.forms[-1]
            for one in self.forms:
                if given.get("form") and one["id"] == given["form"]:
                    form = one
            if tag == "textarea":
                form[given["name"]], self.text_of = "", (form, given["name"])
            elif (
                tag == "input" and kind not in ("radio", "checkbox", "submit", "file")
            ) or "checked" in given:
                form[given["name"]] = given.get("value") or ""

    def handle_data(self, data):
        if self.text_of:
            form, name = self.text_of
            form[name] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.text_of = None


class Browser:
    def __init__(self):
        context = ssl.create_default_context(cafile="/etc/portal/tls/fullchain.pem")
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        self.url = self.page = ""

    def go(self, path, data=None):
        url = urllib.parse.urljoin(self.url or BASE, path)
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(url, body, {"Referer": self.url or BASE})  # noqa: S310
        try:
            with self.opener.open(request, timeout=60) as answer:
                self.url, self.page = answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            text = re.sub(r"<[^>]+>|\s+", " ", error.read().decode(errors="replace"))
            sys.exit(f"{url} answers {error.code}: {text[:1500]}")
        return self

    def send(self, having, action=None, **values):
        """Fills and sends the first form of the page that has a field of that name."""
        for form in Forms(self.page).forms:
            if having in form:
                where = form[""] if action is None else action
                fields = {k: v for k, v in form.items() if k not in ("", "id")}
                return self.go(where or self.url, {**fields, **values})
        sys.exit(f"{self.url} has no form with {having}: {self.words()[:1500]}")

    def words(self):
        text = re.sub(r"<(script|style|svg).*?</\1>", " ", self.page, flags=re.S)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))

    def sign_in(self, username, secret):
        self.go("/login/").send("password", username=username, password=secret)
        if "/first-use" in self.url:  # who came with a slip proves that he is the owner
            self.send("answer", answer=PHONES[username][-4:])
        if "/password" not in self.url:
            sys.exit(f"{username} is not asked for a password: {self.url} {self.words()[:800]}")
        self.send("again", current=secret, new=PASSWORD, again=PASSWORD)
        if "/password" in self.url or "/login" in self.url:
            sys.exit(f"{username}: {self.words()[:1500]}")
        return self


PHONES = {"zone": "13900000001", "secretary": "13900000002"}


def main():
    secrets = dict(line.split("\t")[:2] for line in PRINTED.splitlines() if line.count("\t") == 2)
    sysadmin = Browser().sign_in("sysadmin", secrets["sysadmin"])
    secadmin = Browser().sign_in("secadmin", secrets["secadmin"])
    Browser().sign_in("auditor", secrets["auditor"])

    # Which branch: the first that the overview of grants finds by its name.
    branch = sys.argv[3]
    people = {
        "zone": ("李卫国", "zone_staff", sys.argv[4]),
        "secretary": ("王建军", "branch_secretary", branch),
    }
    made = {}
    for username, (name, role, organization) in people.items():
        sysadmin.go("/administration/accounts/new/").send(
            "username", username=username, name=name, phone=PHONES[username]
        )
        query = urllib.parse.urlencode(
            {"person": username, "role": role, "organization": organization}
        )
        secadmin.go(f"/administration/grants/new/?{query}")
        secadmin.send("valid_from")
        if "/new/" in secadmin.url:
            sys.exit(f"{username} has no grant: {secadmin.words()[:2000]}")

    sheets = Forms(secadmin.go("/administration/slips/").page).links
    for sheet in sorted({one for one in sheets if re.match(r"/administration/slips/\d+/", one)}):
        if set(made) == set(people):
            break  # those of the first sheet were all
        secadmin.go(sheet).send("seen")
        found = r"<code>([^<]+)</code>.*?data-secret>([^<]+)<"
        made |= dict(re.findall(found, secadmin.page, re.S))
    if set(made) != set(people):
        sys.exit(f"slips for {sorted(made)} only: {secadmin.words()[:1500]}")

    zone = Browser().sign_in("zone", made["zone"])
    zone.go("/")
    secretary = Browser().sign_in("secretary", made["secretary"]).go("/")
    due = [
        link for link in Forms(secretary.page).links if re.match(r"/(duties|reports)/\d+/", link)
    ]
    if not due:
        sys.exit(f"nothing is due for the secretary: {secretary.words()[:2000]}")
    secretary.go(due[0])
    form = next(one for one in Forms(secretary.page).forms if "text-problems" in one)
    texts = {name: "无。" for name in form if name.startswith("text-")}
    texts["text-next_plan"] = "召开第四季度支部党员大会，安排一次党课。"
    texts |= {name: "按当月实际情况填写。" for name in form if name.startswith("explain-")}
    report = re.search(r"/reports/(\d+)/submit/", secretary.page)
    secretary.send("text-problems", action=f"/reports/{report[1]}/submit/", **texts)
    state = secretary.go(f"/reports/{report[1]}/").words()
    if "待核" not in state and "已报" not in state:
        sys.exit(f"the report was not sent: {state[:2500]}")
    sys.stdout.write(json.dumps({"report": report[1]}) + "\n")


main()
