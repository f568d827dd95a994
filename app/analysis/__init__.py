"""The statistics: arrays in, frozen results out; knows no table and no page.

In the order in which counts become a ranking:

- ``connectivity``   which conditions the votes can compare at all.
- ``newton``         how far a step of the solvers may go, and why none of them needs a line search.
- ``batched``        strengths of very many small matrices at once, such as bootstrap replicates.
- ``bradley_terry``  strengths of the conditions of each scene, from a matrix of wins.
- ``scores``         the task's scores: means over scenes, with intervals.
- ``significance``   paired t-tests over scenes, and their corrections.
- ``groups``         letters and boxes: which conditions a test cannot tell apart.

Measures beside subjects:

- ``measure_values``  the values of measures for the pictures of a task.
- ``correlations``    SRCC, KRCC and PLCC of many rankings at once.
- ``two_way``         replicates with scenes and subjects drawn anew.
- ``agreement``       how far each measure ranks the conditions as subjects do, with intervals.
- ``rank_matrix``     objectives by measures, and whether each network comes first under its own.
- ``two_afc``         how often a measure prefers what people prefer, and how far people get.
"""
