"""Votes become counts, counts become rankings, tables and figures.

In the order in which a vote walks through:

- **Votes come in.** ``counting`` says which of them enter; ``tally`` counts those of a study, ``votes_csv`` those of
  a file (``csv_text``, ``csv_faults``, ``votes_header``, ``vote_cells``, ``vote_file``); ``judgements`` is what both
  come to, ``answers`` what the screening of subjects is given. ``measures_csv``, ``measure_import`` and
  ``measure_tables`` do the same for values of measures.
- **What a reader chooses.** ``options``; ``plan`` says what differs from the analysis plan, ``peeks`` who looked early.
- **The statistics of each task.** ``scoring`` asks ``app.analysis``; ``task_report`` and ``task_rows`` hold the
  ranking, ``interval_rows``, ``scene_grid``, ``wins`` and ``islands`` what stands beside it; ``report`` has all tasks
  and, each worked out when it is asked for, ``certainty``, ``agreement``, ``planning`` and ``subject_report``.
  ``expected_planning`` plans a study that nobody has voted in, and ``outlook`` says it beside what else is expected.
- **The subjects.** ``subject_facts``, ``subject_votes``, ``subject_measures``, ``subject_flags``,
  ``subject_agreement``, ``subject_rows``, ``subject_summary``, and ``screening_effect``: what leaving some of them
  out changes. ``look_log`` and ``looks`` tell where they zoomed in; ``people`` tells groups and never one of them.
- **A matrix of trainings.** ``training_matrix`` holds its scores, ranks and diagonal, and ``matrix_files`` is what
  there is to take away of it, with the table of ``diagonal_columns`` and the ``diagonal_figure``.
- **In words.** ``sentences``, ``notes``, ``model_notes``, ``captions``, ``agreement_words``, ``planning_words`` and
  ``subject_sentences``.
- **Tables.** ``column`` and ``columns`` describe every one (``ranking_columns``, ``interval_columns``,
  ``fit_columns``, ``win_columns``, ``agreement_columns``, ``subject_columns``, ``session_columns``,
  ``viewing_columns``, ``planning_columns``, ``vote_columns``, ``layout_columns``); ``report_rows``,
  ``agreement_rows``, ``subject_tables``, ``session_rows``, ``vote_rows``, ``counted_votes``, ``r_rows`` and
  ``pwcmp_rows`` are their rows; ``export`` writes CSV (``cells``, ``csv_lines``), ``parquet`` Parquet, ``summary``
  and ``agreement_summary`` JSON.
- **Figures.** ``figures`` names them and ``figure_files`` writes them: ``forest``, ``strips``,
  ``significance_figure``, ``wins_figure``, ``rank_interval_figure``, ``beats_figure``, ``rank_figure``,
  ``agreement_figure``, ``slope_chart``, ``planning_figure`` and ``looks_figure``, on a ``sheet`` with a ``frame``, a
  ``score_axis`` or a ``matrix_sheet``, in the colours of the ``palette``.
- **The methods sheet.** ``methods`` composes ``methods_design``, ``methods_people``, ``methods_screening``,
  ``methods_statistics``, ``methods_beside`` and ``methods_data`` into a ``methods_text``, which ``methods_forms``
  renders; ``bibliography`` cites ``references`` and ``measure_references``, each a ``reference``.
- **To take away.** ``package`` lists every file, with a ``readme``, the ``dictionary`` and ``layout_scripts``;
  ``folder`` writes them to a folder (``staging``) or, through ``zip_stream``, to a zip.
"""
