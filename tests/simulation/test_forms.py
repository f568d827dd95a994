"""A page is read as its subject reads it."""

from app.simulation.forms import read_page

PAGE = """
<main data-stage="consent">
  <form method="get" action="/search"><input name="q" value="x"></form>
  <form method="post" action="/s/abc/consent" data-step="consent">
    <input type="hidden" name="text_hash" value="12"><input type="checkbox" name="agree">
    <button name="go" value="on">I agree</button>
  </form>
  <input name="outside" value="1">
</main>
"""


def test_the_stage_and_the_posting_forms_are_found_with_what_they_would_send() -> None:
    stage, forms = read_page(PAGE)
    assert stage == "consent"
    assert [(form.action, form.step) for form in forms] == [("/s/abc/consent", "consent")]
    assert forms[0].fields == {"text_hash": "12", "agree": "on", "go": "on"}
