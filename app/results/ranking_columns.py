"""The columns of ``rankings.csv``, ``scores_by_scene.csv`` and ``significance.csv``."""

from app.results.column import ALPHA, CORRECTION, GENERALISES_TO, INTERVAL, SCENE, TASK, TASK_SCENES, Column

RANKINGS = (
    TASK,
    Column("rank", "integer", "", "1 for the highest score; equal scores share a rank.", "1"),
    Column("condition", "text", "", "The method whose pictures were judged.", "ms_ssim"),
    Column(
        "score",
        "number",
        "logits",
        "Mean over scenes of the Bradley-Terry strength (of Davidson's, where `nu` is given); the prior draws scores "
        "towards 0.",
        "0.83",
    ),
    Column(
        "low",
        "number",
        "logits",
        "Lower end of the interval; empty where the votes allow none.",
        "0.61",
    ),
    Column("high", "number", "logits", "Upper end of the interval; empty where the votes allow none.", "1.05"),
    Column("stderr", "number", "logits", "Standard error of the score, of the same kind as the interval.", "0.11"),
    Column("level", "number", "", "Confidence level of the interval.", "0.95"),
    INTERVAL,
    GENERALISES_TO,
    Column(
        "letters",
        "text",
        "",
        "Conditions that share a letter cannot be told apart by the chosen test; empty without tests.",
        "ab",
    ),
    Column(
        "rank_low",
        "integer",
        "",
        "Best rank in `level` of the replicates with other subjects (any subjects, these scenes); empty without "
        "subjects.",
        "1",
    ),
    Column("rank_high", "integer", "", "Worst rank in them; empty without subjects.", "3"),
    Column("p_best", "number", "", "Share of the replicates in which it ranks first; empty without subjects.", "0.71"),
    Column("wins", "number", "votes", "Votes won in the scenes that take part; a tie is half a win.", "431.5"),
    Column("votes", "number", "votes", "Votes on the condition in the scenes that take part.", "600"),
    TASK_SCENES,
    Column(
        "subjects",
        "integer",
        "people",
        "Subjects with a counted vote in the scenes that take part; empty where a file does not say.",
        "25",
    ),
    ALPHA,
    CORRECTION,
    Column(
        "prior", "number", "1/logits²", "Precision of the Gaussian prior on strengths; 0 is maximum likelihood.", "0.1"
    ),
    Column(
        "counted",
        "text",
        "",
        "Whose votes are counted: `people`, `simulated` or `people and simulated`; empty where a file does not say.",
        "people",
    ),
    Column(
        "excluded_counted",
        "yes/no",
        "",
        "Whether votes of excluded sessions are among those counted; empty where a file does not say.",
        "no",
    ),
    Column(
        "without_flagged",
        "yes/no",
        "",
        "Whether votes of the subjects whom the flags propose to exclude are left out.",
        "no",
    ),
    Column(
        "jod",
        "number",
        "JOD",
        "The score on Thurstone's scale (Case V), ties being half wins: one unit apart, three of four answers name the "
        "better. Its position is that of `score`.",
        "0.74",
    ),
    Column(
        "position",
        "text",
        "",
        "Where the scale stands: `sum zero`, or `relative to` a condition, whose score is 0; low, high and stderr are "
        "then those of differences to it.",
        "sum zero",
    ),
    Column(
        "nu",
        "number",
        "",
        "Davidson's parameter of ties, where they are answers of their own; empty where they are half wins.",
        "0.41",
    ),
    Column(
        "deviations",
        "text",
        "",
        "What differs from the analysis plan that was frozen when the study opened; empty where nothing does, without "
        "a plan, and for a file.",
        "correction Holm instead of none",
    ),
)

SCORES_BY_SCENE = (
    TASK,
    SCENE,
    Column("condition", "text", "", "The method whose pictures were judged.", "ms_ssim"),
    Column(
        "score",
        "number",
        "logits",
        "Bradley-Terry strength within the scene; where scenes are aligned, on the scale that all share. Of a scene "
        "that is left out it is the strength among those compared there, sums to zero within them and cannot be "
        "averaged with other scenes. Empty where there is none.",
        "0.91",
    ),
    Column(
        "stderr",
        "number",
        "logits",
        "Standard error of that strength from the curvature of likelihood and prior (Fisher's where the prior is 0), "
        "votes taken as independent.",
        "0.32",
    ),
    Column("wins", "number", "votes", "Votes won in the scene; a tie is half a win.", "21.5"),
    Column("votes", "number", "votes", "Votes on the condition in the scene.", "30"),
    Column(
        "left_out",
        "text",
        "",
        "Why the scene takes no part in the task's scores; empty where it does.",
        "it has no votes on gmsd",
    ),
    Column(
        "component",
        "integer",
        "",
        "Where a scene that is left out falls into sets of conditions that cannot be compared: the number of the set, "
        "within which the scores sum to zero; empty elsewhere.",
        "2",
    ),
)

SIGNIFICANCE = (
    TASK,
    Column("condition_a", "text", "", "The condition of the pair that ranks higher.", "ms_ssim"),
    Column("condition_b", "text", "", "The condition of the pair that ranks lower.", "gmsd"),
    Column("difference", "number", "logits", "Score of a minus score of b.", "0.52"),
    Column(
        "t",
        "number",
        "",
        "Paired t over scenes; empty, like p, where the difference is the same in all of them: not testable.",
        "3.4",
    ),
    Column("df", "integer", "", "Degrees of freedom of t: scenes less one.", "19"),
    Column("p", "number", "", "Two-sided p-value, uncorrected (the published rule).", "0.003"),
    Column(
        "p_holm",
        "number",
        "",
        "p-value after Holm's correction over the task's pairs; with few scenes or votes, from a t whose standard "
        "error is at least that of the votes.",
        "0.009",
    ),
    Column(
        "p_bh",
        "number",
        "",
        "p-value after Benjamini and Hochberg's correction over the task's pairs, with the same floor.",
        "0.0045",
    ),
    Column("p_wilcoxon", "number", "", "Two-sided p-value of Wilcoxon's signed-rank test over scenes, exact.", "0.004"),
    Column("p_wilcoxon_holm", "number", "", "The same after Holm's correction.", "0.012"),
    Column("p_wilcoxon_bh", "number", "", "The same after Benjamini and Hochberg's correction.", "0.006"),
    Column(
        "p_two_way",
        "number",
        "",
        "Two-sided p-value of the difference clustered by subject and by scene (any subjects, any scenes); empty "
        "without subjects.",
        "0.02",
    ),
    Column("p_two_way_holm", "number", "", "The same after Holm's correction.", "0.06"),
    Column("p_two_way_bh", "number", "", "The same after Benjamini and Hochberg's correction.", "0.03"),
    Column(
        "p_beats",
        "number",
        "",
        "Share of the replicates with other subjects in which a scores higher than b; empty without subjects.",
        "0.93",
    ),
    Column(
        "distinguishable", "yes/no", "", "Whether the p-value under `test` and `correction` is below `alpha`.", "yes"
    ),
    Column("test", "text", "", "The test that the letters follow: `t`, `wilcoxon` or `two_way`.", "t"),
    ALPHA,
    CORRECTION,
    TASK_SCENES,
)
