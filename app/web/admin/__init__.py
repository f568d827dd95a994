"""The desk: trainings and studies, from launch to ranking, for whoever is signed in.

Every route here depends on ``sign_in.signed_in``; a test walks them all.
"""
