"""Signing in by an OpenID Connect issuer: a browser is sent there with a question, and comes back with a code.

``visits`` is the question, ``app/web/issuer.py`` what is asked over HTTP, ``protocol`` what Authlib knows of the
standard, ``arrivals`` whose account it is, and ``route`` the two addresses. Rules and reasons: docs/sign-in.md.
"""
