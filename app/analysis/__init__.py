"""The statistics: arrays in, frozen results out; knows no table and no page.

Everybody is given ``arrays`` (their names, and how exact numbers are) and ``vote_columns`` (the votes of a task).

In the order in which counts become a ranking:

- ``connectivity``   which conditions the votes can compare at all.
- ``newton``         how far a step of the solvers may go, and why none of them needs a line search.
- ``batched``        strengths of very many small matrices at once, such as bootstrap replicates.
- ``sparse``         strengths of very many conditions, from votes one by one.
- ``bradley_terry``  strengths of the conditions of each scene, from a matrix of wins.
- ``vote_list``      the same from votes one by one, for scripts with thousands of conditions.
- ``shared_parameter``  strengths of many scenes with one parameter that all share; for the next two.
- ``davidson``       ties as answers of their own.
- ``side_bias``      whether the left side of the screen is preferred, whatever stands there.
- ``thurstone``      Thurstone's Case V beside Bradley and Terry's model, in JOD.
- ``scores``         the task's scores: means over scenes.
- ``joined_sets``    the sets of conditions that the votes of one scene join.
- ``alignment``      scenes that hold different conditions, on one scale.
- ``aligned_scores`` the task's scores from such scenes.
- ``scene_alone``    what the votes of one scene say where it takes no part in the scores.

How certain a ranking is:

- ``intervals``      the kinds of interval, and what each generalises to.
- ``clustered``      how far other subjects, scenes or votes could have moved the scores.
- ``simultaneous``   intervals that hold all scores at once.
- ``significance``   paired tests over scenes, and their corrections.
- ``signed_rank``    Wilcoxon's test, exact.
- ``omnibus``        Friedman's test: whether the conditions differ at all.
- ``groups``         letters and boxes: which conditions a test cannot tell apart.
- ``subject_counts`` the votes of each subject as counts; for what draws subjects anew.
- ``bootstrap``      replicates with other subjects: rank intervals, and who is best how often.
- ``fit_quality``    whether Bradley-Terry holds.

Measures beside subjects:

- ``measure_values``  the values of measures for the pictures of a task.
- ``correlations``    SRCC, KRCC and PLCC of many rankings at once.
- ``two_way``         replicates with scenes and subjects drawn anew.
- ``agreement``       how far each measure ranks the conditions as subjects do, with intervals.
- ``rank_matrix``     objectives by measures, and whether each network comes first under its own.
- ``diagonal``        by how much it does, or misses.
- ``two_afc``         how often a measure prefers what people prefer, and how far people get.

And what the votes say about the subjects who gave them:

- ``left_out_scores``      what everybody else's votes say of each answer.
- ``subject_slopes``       how closely each subject follows the others, with standard errors.
- ``likelihood_outliers``  whose answers the others' scores find unlikely.
- ``chance``               exact tests of one subject's sides, catch trials and repeats.
- ``repeated_answers``     how often each subject gives the answer of the first time again.
- ``answer_times``         how long each subject took to answer.
- ``catch_rule``           how often a catch rule keeps random clicks and drops honest subjects.
- ``subject_blocks``       where a subject judged every pair of a scene; for the next two.
- ``circular_triads``      how consistent a subject is: Kendall's zeta.
- ``kendall_u``            how far subjects agree with each other in a scene.
- ``split_half``           how far one half of the subjects finds the other half's ranking.
- ``viewed``               how long each place of a picture was in view.

Planning, before there is anything to rank and after:

- ``adaptive``       the pairs that promise to tell most about the order, from the votes so far.
- ``systematic``     a draw in which every unit has a known probability of its own.
- ``design``           how wide intervals become with other numbers of subjects and scenes.
- ``expected_design``  the same before anybody has voted, from a guess.
- ``power``            how probably tests over scenes tell conditions apart.
"""
