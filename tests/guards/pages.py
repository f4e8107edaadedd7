"""What is in templates, and what must not be."""

import re
from collections.abc import Iterator

from .house import House, guard

INLINE = [
    (re.compile(r"<style\b"), "inline style sheet"),
    (re.compile(r"\sstyle\s*="), "style attribute"),
    (re.compile(r"<script\b(?![^>]*\bsrc=)"), "inline script"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']"), "event attribute"),
    (re.compile(r"javascript:", re.I), "javascript: address"),
    (re.compile(r"\bhx-on\b"), "hx-on, which is inline script"),
    (re.compile(r"(src|href)=[\"'](https?:)?//"), "another host"),
    (re.compile(r"\|\s*safe\b"), "unescaped text"),
    (re.compile(r"autoescape off"), "unescaped text"),
]
COMMENT = re.compile(r"\{%\s*comment.*?endcomment\s*%\}", re.S)
POST_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.S)


@guard("no inline script or style, nothing from elsewhere: the pages' policy forbids them")
def templates_with_something_inline(house: House) -> Iterator[str]:
    for path in house.templates:
        text = COMMENT.sub("", path.read_text())
        for pattern, why in INLINE:
            if pattern.search(text):
                yield f"{path.relative_to(house.root)}: {why}"


@guard("put {% csrf_token %} into the form")
def forms_without_a_token(house: House) -> Iterator[str]:
    for path in house.templates:
        for form in POST_FORM.findall(path.read_text()):
            if "csrf_token" not in form:
                yield str(path.relative_to(house.root))
