"""What a protocol says of the way back to whoever sent the subject: codes that are worth money, and where they lead.

Whoever has one can have themselves paid, so they are for those who run the study; others learn that they are set.
"""

from app.studies.protocol import Protocol

ENDS = tuple(f"{end}_{what}" for what in ("code", "url") for end in ("completed", "failed", "screened_out"))
SET = "set"  # instead of what is there


def without_codes(protocol: Protocol, told: str = SET) -> Protocol:
    """The protocol as it is shown to others: ``told`` stands for each of these settings that is not empty."""
    return protocol.model_copy(update={name: told for name in ENDS if getattr(protocol, name)})
