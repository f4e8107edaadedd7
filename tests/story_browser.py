"""What journeys do with a public story: it is begun on the page of what it tells of, published by another
person, read by a visitor, taken down."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.judging_browser import press


def tell(
    page: Any, sign_in: Callable[..., None], *, writer: str, of: str, typed: Mapping[str, str]
) -> str:
    """The address of the story; the one who published it stays signed in."""
    sign_in(page, writer)
    page.goto(of)
    press(page, "a:has-text('写成公开故事')")
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    press(page, "form.form button.go")
    press(page, "button.go:has-text('送审')")
    story = str(page.url)
    sign_in(page, "zone")
    page.goto(story)
    press(page, "a.btn.go:has-text('发布')")
    press(page, "form.form button.go")
    assert "正在公开" in page.inner_text("body")
    return story


def take_down(page: Any, story: str, why: str) -> None:
    """By who published it."""
    page.goto(story)
    press(page, "a.btn:has-text('撤下')")
    page.fill("textarea[name=reason]", why)
    press(page, "form.form button:has-text('撤下')")
