"""One sitting of one subject: enrolment, schedule, votes, checks, the event log."""
