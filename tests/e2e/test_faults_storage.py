"""Whatever the device's storage does, the server ends with exactly the answers given, in their order."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.conftest import Watch
from tests.e2e.faults import BROKEN, IMPATIENT, Line
from tests.e2e.house import House
from tests.e2e.sitter import Sitter

pytestmark = pytest.mark.one_database  # what the page does

_STUDY = {"practice_trials": 0, "block_size": 8}
_NO_INDEXED_DB = "Object.defineProperty(window, 'indexedDB', { value: undefined })\n"
_NO_LOCAL_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })\n"
)
_FULL_LOCAL_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }\n"
_FULL_INDEXED_DB = """
IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }
"""
_LASTING = {  # what is the matter, with one place left in which answers outlive the page
    "nothing": "",
    "IndexedDB is not there": _NO_INDEXED_DB,
    "IndexedDB is forbidden": "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }",
    "IndexedDB is blocked and silent": """
      IDBFactory.prototype.open = () => {
        const request = new EventTarget()
        setTimeout(() => request.onblocked?.(new Event('blocked')), 10)
        return request
      }""",
    "IndexedDB is full": _FULL_INDEXED_DB,
    "IndexedDB loses its connections": """
      const begin = IDBDatabase.prototype.transaction
      let calls = 0
      IDBDatabase.prototype.transaction = function (...with_) {
        if (++calls % 3 === 0) this.close()  // as browsers do to pages in the background
        return begin.apply(this, with_)
      }""",
    "IndexedDB is full from the second answer on": """
      const put = IDBObjectStore.prototype.put
      let puts = 0
      IDBObjectStore.prototype.put = function (...what) {
        if (++puts > 1) throw new DOMException('', 'QuotaExceededError')
        return put.apply(this, what)
      }""",
    "localStorage is forbidden": _NO_LOCAL_STORAGE,
    "localStorage is full": _FULL_LOCAL_STORAGE,
    "the clock runs backwards": """
      let moment = 2e12
      Date.now = () => (moment -= 86_400_000)
      Date.prototype.getTime = () => Date.now()
      """,
}


def _saved_order(house: House, session: str) -> list[int]:
    """The trials of the log's saved answers, counted from the first of the session."""
    trials = [said["trial"] for said in house.logged(session, "saved")]
    return [trial - min(trials) for trial in trials]


@pytest.mark.parametrize("script", _LASTING.values(), ids=_LASTING.keys())
def test_a_closed_page_leaves_its_answers_to_the_next_visit(
    house: House, context: BrowserContext, watch: Watch, script: str
) -> None:
    watch.expected = BROKEN
    first = Sitter(context.new_page())
    first.page.add_init_script(IMPATIENT + script)  # the later visit has a sound browser
    session = first.begin(house.study(**_STUDY))
    line = Line(context)
    line.down = True
    first.answer("right", "left", "right")
    first.ready(4)
    first.says("#saved", "3 answers kept on this device, waiting for the connection")
    first.page.close()
    assert house.votes(session) == [None] * 8
    line.down = False
    later = Sitter(context.new_page())
    later.page.goto(session)
    later.ready(4)
    later.saved()
    assert house.votes(session) == ["right", "left", "right", *[None] * 5]
    assert _saved_order(house, session) == [0, 1, 2]
    assert later.page.evaluate("Object.keys(localStorage)") == []  # forgotten once the server has them


@pytest.mark.parametrize(
    "script",
    [_NO_LOCAL_STORAGE + _NO_INDEXED_DB, _FULL_LOCAL_STORAGE + _FULL_INDEXED_DB],
    ids=["forbidden", "full"],
)
def test_a_page_that_can_keep_nothing_waits_after_each_answer_and_says_so(
    house: House, sitter: Sitter, watch: Watch, script: str
) -> None:
    watch.expected = BROKEN
    sitter.page.add_init_script(IMPATIENT + script)
    session = sitter.begin(house.study(**_STUDY))
    line = Line(sitter.page)
    line.down = True
    sitter.answer("left")
    sitter.says("#halt", "Waiting for the connection.")
    sitter.says("#saved", "1 answer kept in this page: leave it open, waiting for the connection")
    line.down = False
    sitter.ready(2)
    sitter.answer("right", "right")
    sitter.ready(4)
    sitter.saved()
    assert house.votes(session) == ["left", "right", "right", *[None] * 5]


def test_storage_that_fills_up_and_is_emptied_again_loses_nothing(
    house: House, context: BrowserContext, page: Page, watch: Watch
) -> None:
    watch.expected = BROKEN
    sitter = Sitter(page)
    page.add_init_script(
        IMPATIENT
        + """
        for (const [place, name] of [[Storage.prototype, 'setItem'], [IDBObjectStore.prototype, 'put']]) {
          const keep = place[name]
          place[name] = function (...what) {
            if (window.full) throw new DOMException('', 'QuotaExceededError')
            return keep.apply(this, what)
          }
        }"""
    )
    session = sitter.begin(house.study(**_STUDY))
    line = Line(context)
    line.down = True
    sitter.answer("left", "right")
    sitter.ready(3)
    page.evaluate("window.full = true")
    sitter.answer("right")
    sitter.says("#saved", "3 answers kept in this page: leave it open")
    sitter.says("#halt", "Waiting for the connection.")
    page.evaluate("window.full = false")
    sitter.says("#saved", "3 answers kept on this device")
    sitter.ready(4)
    page.close()
    line.down = False
    later = Sitter(context.new_page())
    later.page.goto(session)
    later.ready(4)
    later.saved()
    assert house.votes(session) == ["left", "right", "right", *[None] * 5]


def test_damaged_entries_and_those_of_others_are_let_be(house: House, context: BrowserContext, watch: Watch) -> None:
    watch.expected = BROKEN
    first = Sitter(context.new_page())
    session = first.begin(house.study(**_STUDY))
    line = Line(context)
    line.down = True
    first.answer("right")
    first.ready(2)
    first.page.evaluate(
        """session => {
          localStorage.setItem(`beholder.answer.${session}.damaged`, '{"session": ')
          localStorage.setItem(`beholder.answer.${session}.empty`, 'null')
          localStorage.setItem('beholder.answer./s/another.key', JSON.stringify({
            session: '/s/another', key: 'key', order: 1, trial: 't', url: '/s/another/trials/t/vote', side: 'left',
          }))
        }""",
        session[len(house.address) :],
    )
    first.page.close()
    line.down = False
    later = Sitter(context.new_page())
    later.page.goto(session)
    later.ready(2)
    later.saved()
    assert house.votes(session) == ["right", *[None] * 7]
    assert all(url.startswith(session) for url, _ in line.sent)
    assert later.page.evaluate("localStorage.getItem('beholder.answer./s/another.key') !== null")
