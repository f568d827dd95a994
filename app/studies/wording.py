"""What a protocol says to subjects unless the experimenter writes something else.

Where a study keeps one of these texts, a subject reads it in the session's language: they are in the catalogue.
"""

from app.studies.fields import AnswerKind, Asked


def mark(message: str) -> str:
    """The message itself; the catalogue takes it up here, and a subject's page says it."""
    return message


QUESTION = mark("Which of the two pictures is closer to the reference?")
CONSENT = mark("""You will see pictures in threes: a reference in the middle, and a version of it on either side. \
Each time you choose the side that is closer to the reference. What counts is what you see: \
apart from practice, nobody tells you whether an answer was right.

Taking part is voluntary. You may stop at any moment by closing the page, without giving a reason. You can also \
withdraw: your answers are then excluded for good, and what you said about yourself, what we know about your screen \
and the number under which a recruiting service may know you are erased.

We store your answers, the time each took, what you say about yourself if you are asked, and how your browser shows \
the pictures (the size of its window, its pixels, how you zoom). We store no name, no e-mail address, no network \
address and no description of your browser. The answers are used for research and may be published, without anything \
that points to you.""")
INSTRUCTIONS = mark("""Compare the picture on the left and the picture on the right with the reference in the middle, \
and choose the side that is closer to it.

Take the time you need, and trust your eyes. Zoom in where you want to look closely: all three pictures move together. \
When both look equally close to you, follow your first impression, or say that you cannot tell where the page offers it.

A few practice rounds come first. You can rest between blocks, and you can come back later with your personal link.""")
QUESTIONNAIRE = (
    Asked(name="age", label=mark("How old are you?"), kind=AnswerKind.NUMBER, least=16, most=120, required=False),
    Asked(
        name="sex", label=mark("What is your sex?"), kind=AnswerKind.CHOICE,
        options=(mark("female"), mark("male"), mark("other"), mark("I prefer not to say")),
    ),
    Asked(
        name="vision", label=mark("How do you see at the distance of the screen?"), kind=AnswerKind.CHOICE,
        options=(
            mark("well without glasses or lenses"), mark("well with the glasses or lenses I wear now"),
            mark("not well"),
        ),
    ),
    Asked(
        name="expertise", label=mark("Have you judged the quality of pictures before, in your work or in a study?"),
        kind=AnswerKind.CHOICE, options=(mark("no"), mark("in a study"), mark("in my work")),
    ),
)  # fmt: skip
