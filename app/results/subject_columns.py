"""The columns of ``subjects.csv``, ``subject_agreement.csv`` and ``screening.csv``."""

from app.results.column import TASK, Column

_INTERVAL = "of the 95 % interval of the slope; a bound below half the median slope is flagged."

SUBJECTS = (
    Column(
        "subject", "text", "",
        "The subject's label within the study. Screened by the votes that count, or, where none does, by those of the "
        "excluded sessions; pilots and subjects who have withdrawn are not listed.", "7",
    ),
    Column("sessions", "integer", "", "Sessions with an answer; empty where a file does not say.", "1"),
    Column("votes", "number", "votes", "First judgements of pairs that the subject is screened by.", "880"),
    Column("catch_seen", "integer", "votes", "Answers to catch trials.", "5"),
    Column("catch_failed", "integer", "votes", "Of these, wrong ones; a tie is one.", "0"),
    Column(
        "catch_p", "number", "",
        "Exact binomial p of a random clicker doing as well; of several sessions the smallest. Empty without catch "
        "trials.", "0.03125",
    ),
    Column(
        "slope", "number", "",
        "How closely the subject follows everybody else's scores: P(a preferred) is the logistic function of the slope "
        "times the difference of scores that all others' votes give, with Firth's penalty, which keeps it finite. 0 is "
        "random, negative is inverted; empty under three subjects, or where the others' scores tell nothing apart.",
        "1.02",
    ),
    Column("slope_stderr", "number", "", "Standard error of the slope, the others' scores taken as known.", "0.08"),
    Column("slope_low", "number", "", f"Lower end {_INTERVAL}", "0.86"),
    Column("slope_high", "number", "", f"Upper end {_INTERVAL}", "1.18"),
    Column(
        "likelihood", "number", "",
        "Mean log10-likelihood of an answer under everybody else's scores; −0.301 is random.", "-0.21",
    ),
    Column(
        "likelihood_distance", "number", "",
        "How many interquartile ranges that lies below the first quartile of all subjects, 0 above it; more than 1.5 "
        "is flagged. Empty under four subjects.", "0",
    ),
    Column(
        "left_share", "number", "",
        "Share of answers that chose the left picture, ties apart; empty where sides are not known.", "0.507",
    ),
    Column("left_p", "number", "", "Exact binomial p of so uneven a share without a preference.", "0.71"),
    Column(
        "side_bias", "text", "",
        "Whether the subject prefers a side: `yes` (p below 0.01, flagged), `no`, or `too few answers` where a share "
        "of 65 % would be missed in more than 20 % of cases.", "no",
    ),
    Column("repeats", "integer", "votes", "Pairs that came again with sides reversed and were answered.", "0"),
    Column("repeats_agreed", "integer", "votes", "Of these, answered as the first time.", "0"),
    Column("repeats_p", "number", "", "Exact binomial p of a random clicker agreeing as often.", "0.00003"),
    Column(
        "blocks", "integer", "scenes",
        "Scenes of which the subject judged every pair once, without ties; only these have circular triads.", "0",
    ),
    Column("triads", "integer", "", "Circular triads in all of them; empty without such a scene.", "12"),
    Column("zeta", "number", "", "Kendall's coefficient of consistency, mean over them: 1 is consistent.", "0.96"),
    Column("median_ms", "number", "ms", "Median time of an answer; empty where times are not known.", "2310"),
    Column("fast_share", "number", "", "Share of answers within 500 ms; more than 0.1 is flagged.", "0.004"),
    Column(
        "flags", "text", "",
        "What is flagged, separated by spaces: `slope`, `likelihood`, `catch`, `side`, `repeats`, `times`.", "slope",
    ),
    Column(
        "proposed", "yes/no", "",
        "Whether the flags propose to exclude the subject: slope or catch trials flagged, or two flags that look at "
        "different things. Nothing is excluded by it.", "no",
    ),
    Column("excluded", "yes/no", "", "Whether none of the votes counts, because the sessions are excluded.", "no"),
    Column(
        "rule", "text", "", "By which rules sessions of the subject are excluded; empty where none is.", "catch"
    ),
)  # fmt: skip

SUBJECT_AGREEMENT = (
    TASK,
    Column(
        "scene", "text", "",
        "The scene that Kendall's u is of; empty in the line of a task's split halves.", "coffee-1",
    ),
    Column("subjects", "integer", "people", "Subjects who were split, or who judged every pair of the scene.", "25"),
    Column(
        "u", "number", "",
        "Kendall's coefficient of agreement of those who judged every pair of the scene; scenes without two of them "
        "are not listed.", "0.42",
    ),
    Column("u_least", "number", "", "The smallest that u can be with so many subjects.", "-0.04"),
    Column("chi2", "number", "", "Chi-square of the hypothesis that all click at random; needs three.", "180.12"),
    Column("df", "number", "", "Its degrees of freedom.", "62.38"),
    Column("p", "number", "", "Its p-value.", "0.0001"),
    Column(
        "spearman", "number", "",
        "Spearman's correlation of the scores that two halves of the subjects give, mean over random splits.", "0.94",
    ),
    Column("spearman_low", "number", "", "Below it lie 2.5 % of the splits; no confidence limit.", "0.87"),
    Column("spearman_high", "number", "", "Above it lie 2.5 % of the splits; no confidence limit.", "0.99"),
    Column(
        "spearman_brown", "number", "",
        "The same stepped up to two studies of the whole size by Spearman and Brown's formula.", "0.97",
    ),
    Column("pearson", "number", "", "Pearson's correlation of the halves' scores, mean over the splits.", "0.96"),
    Column("pearson_brown", "number", "", "That one stepped up.", "0.98"),
    Column("splits", "integer", "", "How many random splits.", "100"),
)  # fmt: skip

SCREENING = (
    TASK,
    Column("condition", "text", "", "The method whose pictures were judged.", "ms_ssim"),
    Column("rank_all", "integer", "", "Its rank with the votes of all subjects, excluded ones too.", "1"),
    Column("score_all", "number", "logits", "Its score with them.", "0.81"),
    Column("rank_without_excluded", "integer", "", "Its rank without excluded sessions.", "1"),
    Column("score_without_excluded", "number", "logits", "Its score without them.", "0.83"),
    Column(
        "rank_without_proposed", "integer", "",
        "Its rank without excluded sessions and without the subjects whom the flags propose to exclude.", "1",
    ),
    Column("score_without_proposed", "number", "logits", "Its score without both.", "0.86"),
    Column(
        "tau_all_excluded", "number", "",
        "Kendall's tau-b of the task's scores with all and without excluded sessions; empty where it is not defined.",
        "1",
    ),
    Column("tau_all_proposed", "number", "", "The same with all and without the proposed.", "0.96"),
    Column("tau_excluded_proposed", "number", "", "The same without excluded and without the proposed.", "0.96"),
)  # fmt: skip
