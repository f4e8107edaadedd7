"""Organisation life on a phone, in a real browser: at most twelve touched fields with the line cut, a
draft of an older form, photographs made small, cells pasted."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from .test_gates_places import SECRET, located

pytestmark = pytest.mark.browser
Axe = Callable[[Any], list[str]]
RESTORE = ".draft-offer button:has-text('取回来')"
DRAFTS = "[data-drafts-frame]"
MOST_FIELDS, MOST_CLICKS = 12, 12
# Which fields of the record somebody touches, and how often he taps, over all pages of one tab.
COUNTING = """
  for (const kind of ['input', 'change']) document.addEventListener(kind, event => {
    if (!event.target.closest('form.record')) return;
    const touched = new Set(JSON.parse(sessionStorage.touched || '[]'));
    sessionStorage.touched = JSON.stringify([...touched.add(event.target.name)]);
  }, true);
  document.addEventListener('click', event => {
    if (event.isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
  }, true);
"""
STORE = "idbKeyval.createStore('portal-drafts', 'drafts')"


def look(page: Any, axe_problems: Axe) -> None:
    assert axe_problems(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def camera(name: str = "会场.jpg") -> dict[str, Any]:
    """A large photograph taken on its side, which says where."""
    out = io.BytesIO()
    picture = Image.linear_gradient("L").resize((3200, 2400)).convert("RGB")
    picture.save(out, "JPEG", exif=located(), quality=95)
    assert SECRET in out.getvalue()
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def absent(page: Any, number: int, reason: str) -> None:
    page.locator(".names button").nth(number).click()
    page.locator(f".why-bar button:has-text('{reason}')").first.click()


def test_meeting_with_the_line_cut_touches_few_fields(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    page.add_init_script(COUNTING)
    sign_in(page, "huzhuang1")
    page.goto("/life/")
    page.evaluate("sessionStorage.clear()")
    titles = page.locator("th a").all_inner_texts()
    page.click("a:has-text('登记')")
    page.click(".kinds a:has-text('党课')")
    page.wait_for_selector(".names.is-grid")
    topic = page.input_value("input[name=topic]")  # what the year's plan says
    before = sum(topic in title for title in titles)
    absent(page, 1, "病假")
    page.fill("textarea[name=agenda]", "学党章")
    page.context.set_offline(True)
    page.wait_for_selector("#offline:has-text('没有网络连接')")
    absent(page, 3, "公务")
    page.click("form.record button.go")
    page.wait_for_selector("form.record .save-status:has-text('没有')")
    look(page, axe_problems)

    # Back on the line, by way of the list: nothing went by itself.
    page.context.set_offline(False)
    page.goto("/life/")
    line = page.locator(f"{DRAFTS} .due:has-text('党课 · 湖庄村第一支部 · ')")
    line.wait_for()
    look(page, axe_problems)
    line.locator("a").click()
    page.click(RESTORE)
    page.wait_for_selector(".names button.abs >> nth=1")

    # It arrives, its answer does not: sent once more, it is the same record.
    sent: list[int] = []

    def lose(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.fetch(max_redirects=0).status)
        route.abort()

    page.route("**/life/meetings/new/lesson/**", lose)
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        page.click("form.record button.go", no_wait_after=True)
    page.unroute("**/life/meetings/new/lesson/**")
    page.context.clear_cookies(name="draft_done")  # of the answer that never came
    assert sent == [302]
    page.goto("/life/")
    page.locator(f"{DRAFTS} a:has-text('党课')").click()
    page.click(RESTORE)
    page.click("form.record button.go")
    page.wait_for_selector("text=已登记。照片可以现在传")
    touched = page.evaluate("JSON.parse(sessionStorage.touched)")
    assert len(touched) <= MOST_FIELDS, touched
    # What the broken line did not cost: two ways back by the list and 取回来, and pressing again.
    assert int(page.evaluate("sessionStorage.clicks")) - 6 <= MOST_CLICKS
    record = page.url
    page.goto("/life/")
    assert page.locator(f"th a:has-text('{topic}')").count() == before + 1
    page.wait_for_function(f"document.querySelector('{DRAFTS}').hidden")

    # A photograph: small, upright and without its place before it lies on the phone.
    page.goto(record)
    page.context.set_offline(True)
    page.set_input_files("#file", [camera()])
    page.wait_for_selector(".kept-photos li:has-text('已从'):has-text('缩小，去掉了拍摄地点')")
    look(page, axe_problems)
    kept = page.evaluate(
        """async () => { const store = idbKeyval.createStore('portal-photos', 'bytes');
          return Array.from(new Uint8Array((await idbKeyval.values(store))[0])); }"""
    )
    assert SECRET not in bytes(kept)
    with Image.open(io.BytesIO(bytes(kept))) as picture:
        assert picture.size == (1500, 2000)
        assert not picture.getexif()
    page.context.set_offline(False)
    page.wait_for_selector("[data-photos-list] .files a:has-text('会场.jpg')")
    page.wait_for_selector(".kept-photos li", state="detached")
    # What no browser draws goes as it is.
    paper = {"name": "签到表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 broken"}
    page.set_input_files("#file", [paper])
    page.wait_for_selector(".kept-photos li:has-text('签到表.pdf') .bad")
    look(page, axe_problems)


def test_draft_of_an_older_form_says_what_no_longer_fits(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Axe
) -> None:
    page = open_page(width=390, height=844)
    sign_in(page, "b00020")
    page.goto("/life/meetings/new/party_day/")
    page.wait_for_selector(".names.is-grid")
    form = page.url
    names = page.locator(".names li:not([data-extra])")
    left, new, stays = (
        names.nth(number).locator("label").first.inner_text() for number in (0, 1, 2)
    )
    absent(page, 0, "事假")
    absent(page, 2, "病假")
    page.fill("textarea[name=summary]", "参观党史馆")
    page.fill("input[name=place]", "党史馆")
    page.wait_for_selector("form.record .save-status:has-text('已存在这台设备上')")
    page.wait_for_timeout(700)
    # As if it had been written with another form: a field that is gone, a member who left the branch
    # since, one who came to it.
    page.evaluate(
        """async store => {
          store = eval(store);
          const controls = [...document.querySelectorAll('.names li:not([data-extra]) select')];
          const renamed = { place: 'venue', [controls[0].name]: 'm-999999' };
          const [[name, draft]] = await idbKeyval.entries(store);
          draft.fields = draft.fields.filter(pair => pair[0] !== controls[1].name)
            .map(pair => [renamed[pair[0]] || pair[0], pair[1]]);
          draft.words['m-999999'] = draft.words[controls[0].name];
          await idbKeyval.set(name, draft, store);
        }""",
        STORE,
    )
    page.goto(form)
    page.click(RESTORE)
    box = page.locator(".draft-offer")
    box.locator(f"text={left.strip()}（事假）").wait_for()
    said = box.inner_text()
    assert f"页面上新增了，请核对：{left.strip()}、{new.strip()}、地点。" in said
    assert "党史馆" in said  # to be copied
    assert page.input_value("textarea[name=summary]") == "参观党史馆"
    assert page.locator(".names button.abs").count() == 1
    assert page.locator(".names button.abs").get_attribute("data-name") == stays.strip()
    look(page, axe_problems)
    page.fill("input[name=place]", "党史馆")
    page.click("form.record button.go")
    page.wait_for_selector("text=已登记。照片可以现在传")
    assert page.evaluate(f"idbKeyval.keys({STORE})") == []


@pytest.mark.parametrize("width", [390, 1440])
def test_cells_are_pasted_and_shown_before_they_are_written(
    open_page: Callable[..., Any], sign_in: Callable[..., None], axe_problems: Axe, width: int
) -> None:
    page = open_page(width=width, height=844)
    sign_in(page, "huzhuang1")
    page.goto("/life/")
    page.click("a:has-text('导入台账')")
    look(page, axe_problems)
    page.click("a:has-text('没有文件，直接粘贴')")
    page.wait_for_url("**/imports/paste/", wait_until="load")  # its script is there
    page.evaluate(
        """() => { const place = document.querySelector('textarea');
          place.value = '时间\\t类别\\t主题\\t应到\\t实到\\t缺席及原因\\n2026-01-05\\t党课\\t学党章\\t900\\t900\\t无';
          place.dispatchEvent(new Event('input', { bubbles: true })); }"""
    )
    assert page.input_value("textarea").startswith("时间│类别│主题")
    look(page, axe_problems)
    page.click("main form button.go")
    page.wait_for_selector("h2:has-text('需要改正')")
    page.wait_for_selector("td:has-text('应到')")
    look(page, axe_problems)
