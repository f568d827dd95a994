"""What the display gate says of a screen: what is right about it, what is not, and how that is mended."""

from typing import Any

from app.web.texts import Texts


def screened(texts: Texts) -> dict[str, Any]:
    """The texts of the gate by the names that static/js/gate.js knows, and what a trial page says later."""
    raw = texts.raw
    gate = {
        "words": {"right": raw("in order"), "advice": raw("could be better"), "wrong": raw("to be mended")},
        "room": raw("Each picture has %(seen)s screen pixels; %(needed)s are needed."),
        "noRoom": raw(
            "Each picture has %(seen)s screen pixels; %(needed)s are needed. Make this window larger: maximize it, or "
            "press F11 for the whole screen."
        ),
        "noRoomOnScreen": raw(
            "Each picture has %(seen)s screen pixels; %(needed)s are needed, and this window fills its screen already. "
            "Set the browser zoom to 100 %% or less (Ctrl and 0), press F11 for the whole screen, or use a larger "
            "screen."
        ),
        "exact": raw("One picture pixel can be shown on one screen pixel."),
        "inexact": raw(
            "This browser cannot place pictures exactly at its present zoom: press Ctrl and 0 for 100 %%, or open your "
            "link in a current Chrome, Edge or Firefox."
        ),
        "enlarged": raw("The page is magnified: bring it back to its own size with two fingers."),
        "computer": raw("This is a computer with a mouse or a touchpad."),
        "handheld": raw("This is a telephone or a tablet: please open your link on a computer with a large screen."),
        "fit": raw("This screen can show the pictures as they are."),
        "mend": raw("Please mend what is marked ✕. This page notices it by itself."),
        "advised": raw("Please mend what is marked ✕ if you can; otherwise you may go on as it is."),
        "on": raw("Continue"),
        "onAllTheSame": raw("Continue as it is"),
    }
    small = raw("This window is too small for the pictures. Make it larger again to go on; nothing is lost.")
    return {"gate": gate | _besides(texts), "windowShrank": small}


def _besides(texts: Texts) -> dict[str, str]:
    """Of what never closes the gate."""
    raw = texts.raw
    return {
        "zoom": raw("The browser zoom is 100 %%."),
        "zoomed": raw(
            "The browser zoom is %(percent)s %%. The pictures are not scaled with it, but they have the most room at "
            "100 %%: press Ctrl and 0."
        ),
        "zoomUnknown": raw("This browser does not tell its zoom: press Ctrl and 0 to be sure that it is 100 %%."),
        "gamut": raw("The screen shows the colours of the pictures (sRGB)."),
        "wideGamut": raw("The screen shows the colours of the pictures, and more."),
        "noGamut": raw("The screen may not show all colours: if you have another one, move this window there."),
        "range": raw("The screen shows ordinary brightness, as the pictures need it."),
        "highRange": raw(
            "HDR is switched on, which can change how bright the pictures look: switch it off in the display settings "
            "of your computer, or move this window to another screen."
        ),
    }
