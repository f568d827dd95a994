"""What somebody must be allowed before a page of the desk answers: one name for each right, asked for by its handler.

The rights in a study look at ``study_id`` in the route's own address.
"""

from app.db.audit import Actor
from app.db.models import Through
from app.web.sign_in import Who

# in one study, each including those after it
Owns = Who  # who takes part, deleting it
Runs = Who  # pictures, protocol, links, subjects, states
Analyses = Who  # results
Sees = Who  # how far it is
# in the whole program
Operates = Who  # accounts, and every study
Creates = Who  # studies of their own
Launches = Who  # jobs and photographs


def actor(who: Who) -> Actor:
    """In whose name a change at the desk is written into the audit log."""
    return Actor(who.account_id, who.name, Through.DESK)
