"""Faults that many files share are told once."""

from app.studies.alike import alike


def test_what_differs_in_the_file_alone_is_told_once_in_its_first_place() -> None:
    noted = [f"denoise/a mae/{n}.png carries text (tEXt); save it without" for n in range(20)]
    other = ["denoise has no references; put the originals into denoise/reference/", "a/b.png is missing; add it"]
    told = alike([*noted[:10], *other, *noted[10:]])
    assert [fault.count for fault in told] == [20, 1, 1]
    assert told[0].sentence == (
        "denoise/a mae/0.png carries text (tEXt); save it without "
        "(and so with 19 others: denoise/a mae/1.png, denoise/a mae/2.png, denoise/a mae/3.png and 16 more)"
    )
    assert [fault.sentence for fault in told[1:]] == other


def test_one_file_or_two_are_all_named() -> None:
    assert [one.sentence for one in alike(["a/x.png: too long"])] == ["a/x.png: too long"]
    (both,) = alike(["a/x.png: too long", "a/y.txt: too long"])
    assert both.sentence == "a/x.png: too long (and so with 1 other: a/y.txt)"
    assert alike([]) == ()
