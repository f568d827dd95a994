"""The columns of ``fit.csv``."""

from dataclasses import replace

from app.results.column import SCENE, TASK, Column

FIT = (
    TASK,
    replace(SCENE, meaning="The reference picture that the compared pictures share; empty for all scenes together."),
    Column(
        "deviance", "number", "", "How far the proportions in the pairs are from those that the scores imply.", "48.2"
    ),
    Column("df", "integer", "", "Pairs with votes, less the strengths that were fitted.", "45"),
    Column(
        "p",
        "number",
        "",
        "Share of sets of votes drawn from the fitted model whose deviance is at least as large; empty where df is 0.",
        "0.31",
    ),
    Column("p_holm", "number", "", "p after Holm's correction over the task's scenes; empty for the whole task.", "1"),
    Column("replicates", "integer", "", "Sets of votes that were drawn.", "999"),
    Column("seed", "integer", "", "Seed of the drawing.", "0"),
)
