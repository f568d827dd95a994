"""Answers that others published or computed, typed in with their sources."""

from dataclasses import dataclass

import numpy as np

from app.analysis.arrays import FloatArray


@dataclass(frozen=True)
class Published:
    """Win counts and what they led to elsewhere. ``coefficients`` are relative to ``reference``."""

    conditions: tuple[str, ...]
    pairs: tuple[tuple[str, str, float, float], ...]  # i, j, wins of i over j, wins of j over i

    @property
    def wins(self) -> FloatArray:
        """The counts as a matrix."""
        matrix = np.zeros((len(self.conditions),) * 2)
        for one, other, won, lost in self.pairs:
            i, j = self.conditions.index(one), self.conditions.index(other)
            matrix[i, j] += won
            matrix[j, i] += lost
        return matrix


# Citations between four journals of statistics: Stigler 1994; Agresti 2002, Categorical Data Analysis, p. 448.
CITATIONS = Published(
    ("Biometrika", "Comm Statist", "JASA", "JRSS-B"),
    (
        ("Biometrika", "Comm Statist", 730, 33),
        ("Biometrika", "JASA", 498, 320),
        ("Biometrika", "JRSS-B", 221, 284),
        ("Comm Statist", "JASA", 68, 813),
        ("Comm Statist", "JRSS-B", 17, 276),
        ("JASA", "JRSS-B", 142, 325),
    ),
)
# Vignette of the R package BradleyTerry2 1.1.3 (BTm; reference Biometrika), more digits from R's glm.
CITATIONS_COEFFICIENTS = {"Comm Statist": -2.949072496844, "JASA": -0.479569769752, "JRSS-B": 0.268954055819}
CITATIONS_ERRORS = {"Comm Statist": 0.1025453353699, "JASA": 0.0605887292396, "JRSS-B": 0.0708299651057}
CITATIONS_DEVIANCE = 4.29338396989
# R 4.2.2 glm, centred on zero, with Fisher standard errors in that gauge.
CITATIONS_CENTRED = (0.789922052694108, -2.1591504441498, 0.310352282942115, 1.05887610851358)
CITATIONS_CENTRED_ERRORS = (0.0433304687116679, 0.0725797435702665, 0.0416410155441864, 0.0530469882135292)

# Flavour of pork fed in three ways, two judges, five repetitions: Bradley & Terry 1952, Biometrika 39, 324-345.
PORK = Published(("C", "Cp", "CP"), (("C", "Cp", 3, 7), ("C", "CP", 5, 5), ("Cp", "CP", 5, 5)))
PORK_WORTH = (0.2479365, 0.4267745, 0.325289)  # R package eba 1.10-1
PORK_DEVIANCE = 0.569
PORK_CENTRED, PORK_CENTRED_ERRORS = (
    (-0.271540638455392, 0.271540638455392, 0),
    (0.305000339896823,) * 2
    + (  # R glm
        0.300894536556008,
    ),
)

# Preferences of 192 people between German parties: R package psychotools 0.7-4, data(GermanParties2009).
PARTIES = Published(
    ("none", "Linke", "Gruene", "SPD", "CDU/CSU", "FDP"),
    (
        ("none", "Linke", 119, 73),
        ("none", "Gruene", 25, 167),
        ("Linke", "Gruene", 23, 169),
        ("none", "SPD", 38, 154),
        ("Linke", "SPD", 34, 158),
        ("Gruene", "SPD", 124, 68),
        ("none", "CDU/CSU", 69, 123),
        ("Linke", "CDU/CSU", 76, 116),
        ("Gruene", "CDU/CSU", 128, 64),
        ("SPD", "CDU/CSU", 125, 67),
        ("none", "FDP", 83, 109),
        ("Linke", "FDP", 70, 122),
        ("Gruene", "FDP", 137, 55),
        ("SPD", "FDP", 134, 58),
        ("CDU/CSU", "FDP", 106, 86),
    ),
)
# Its saved example output (btmodel; reference FDP).
PARTIES_COEFFICIENTS = {"none": -0.3756, "Linke": -0.6161, "Gruene": 1.1858, "SPD": 0.8131, "CDU/CSU": 0.1756}
PARTIES_ERRORS = {"none": 0.0890, "Linke": 0.0910, "Gruene": 0.0951, "SPD": 0.0907, "CDU/CSU": 0.0875}
PARTIES_WORTH = (0.0768, 0.0604, 0.3658, 0.2520, 0.1332, 0.1118)
# R 4.2.2 glm, centred on zero, with Fisher standard errors in that gauge.
PARTIES_CENTRED = (
    -0.572702100379635, -0.813210429382098, 0.988614927759672, 0.615958225200407, -0.0215201727168276,
    -0.197140450481518,
)  # fmt: skip
PARTIES_CENTRED_ERRORS = (
    0.0591359285678157, 0.0615114969144554, 0.0643385482514789, 0.0598157781805927, 0.0569498944970571,
    0.057174059088077,
)  # fmt: skip
PARTIES_LOG_LIKELIHOOD = -1716.80732183  # the same model by R's glm

# American League East 1987, home and away together: Agresti 2002, table 10.11; BradleyTerry2 vignette, model 1.
BASEBALL = Published(
    ("Baltimore", "Boston", "Cleveland", "Detroit", "Milwaukee", "New York", "Toronto"),
    (
        ("Baltimore", "Boston", 1, 12),
        ("Baltimore", "Cleveland", 7, 6),
        ("Baltimore", "Detroit", 4, 9),
        ("Baltimore", "Milwaukee", 2, 11),
        ("Baltimore", "New York", 3, 10),
        ("Baltimore", "Toronto", 1, 12),
        ("Boston", "Cleveland", 7, 6),
        ("Boston", "Detroit", 2, 11),
        ("Boston", "Milwaukee", 6, 7),
        ("Boston", "New York", 7, 6),
        ("Boston", "Toronto", 6, 7),
        ("Cleveland", "Detroit", 4, 9),
        ("Cleveland", "Milwaukee", 4, 9),
        ("Cleveland", "New York", 6, 7),
        ("Cleveland", "Toronto", 5, 8),
        ("Detroit", "Milwaukee", 6, 7),
        ("Detroit", "New York", 5, 8),
        ("Detroit", "Toronto", 7, 6),
        ("Milwaukee", "New York", 7, 6),
        ("Milwaukee", "Toronto", 9, 4),
        ("New York", "Toronto", 6, 7),
    ),
)
BASEBALL_COEFFICIENTS = {
    "Boston": 1.1077, "Cleveland": 0.6839, "Detroit": 1.4364, "Milwaukee": 1.5814, "New York": 1.2476, "Toronto": 1.2945
}  # fmt: skip
BASEBALL_ERRORS = {
    "Boston": 0.3339, "Cleveland": 0.3319, "Detroit": 0.3396, "Milwaukee": 0.3433, "New York": 0.3359, "Toronto": 0.3367
}  # fmt: skip

# The same season by place: home team, away team, wins at home, wins away. BradleyTerry2 vignette, section 3.3 (model
# 2), and the package's test-baseball.R.
BASEBALL_BY_PLACE = (
    (4, 3, 4, 3), (4, 6, 4, 2), (4, 5, 4, 3), (4, 1, 6, 1), (4, 2, 4, 2), (4, 0, 6, 0), (3, 4, 3, 3), (3, 6, 4, 2),
    (3, 5, 4, 3), (3, 1, 6, 0), (3, 2, 6, 1), (3, 0, 4, 3), (6, 4, 2, 5), (6, 3, 4, 3), (6, 5, 2, 4), (6, 1, 4, 3),
    (6, 2, 4, 2), (6, 0, 6, 0), (5, 4, 3, 3), (5, 3, 5, 1), (5, 6, 2, 5), (5, 1, 4, 3), (5, 2, 4, 2), (5, 0, 6, 1),
    (1, 4, 5, 1), (1, 3, 2, 5), (1, 6, 3, 3), (1, 5, 4, 2), (1, 2, 5, 2), (1, 0, 6, 0), (2, 4, 2, 5), (2, 3, 3, 3),
    (2, 6, 3, 4), (2, 5, 4, 3), (2, 1, 4, 2), (2, 0, 2, 4), (0, 4, 2, 5), (0, 3, 1, 5), (0, 6, 1, 6), (0, 5, 2, 4),
    (0, 1, 1, 6), (0, 2, 3, 4),
)  # fmt: skip
HOME_ADVANTAGE, HOME_ADVANTAGE_ERROR, HOME_ADVANTAGE_P = 0.3023, 0.1309, 0.020981

# Eight players with draws, in three strongly connected components: README of the R package BradleyTerryScalable.
CHESS_GAMES = (
    ("Cyd", "Amy", 1), ("Amy", "Ben", 0.5), ("Ben", "Eve", 0), ("Cyd", "Dan", 0), ("Ben", "Dan", 0.5),
    ("Dan", "Eve", 0), ("Fin", "Eve", 0), ("Fin", "Gal", 0), ("Fin", "Han", 0), ("Eve", "Gal", 1), ("Fin", "Gal", 0.5),
    ("Han", "Gal", 1), ("Han", "Gal", 0), ("Amy", "Dan", 1), ("Cyd", "Amy", 1), ("Ben", "Dan", 0.5), ("Dan", "Amy", 0),
)  # fmt: skip
CHESS = Published(
    ("Amy", "Ben", "Cyd", "Dan", "Eve", "Fin", "Gal", "Han"),
    tuple((one, other, share, 1 - share) for one, other, share in CHESS_GAMES),
)
CHESS_COMPONENTS = {("Eve",), ("Fin", "Gal", "Han"), ("Amy", "Ben", "Cyd", "Dan")}
CHESS_BY_COMPONENT = {  # strength and standard error; its EM stops early, so only 3e-3 can be asked for
    "Han": (0.696, 0.911), "Gal": (0.413, 0.768), "Fin": (-1.11, 1.05),
    "Cyd": (0.592, 0.991), "Amy": (0.0325, 0.699), "Ben": (-0.243, 0.944), "Dan": (-0.382, 0.712),
}  # fmt: skip

# 55 p-values of one simulated study of 11 methods, with R 4.2.2 p.adjust "holm" and "BH".
P_ADJUST = (
    (0.635792053072, 1, 0.915682224102), (0.703390107024, 1, 0.915682224102),
    (0.362572969403, 1, 0.738574567303), (0.00676098815165, 0.331288419431, 0.053122049763),
    (0.704051212175, 1, 0.915682224102), (0.562146028969, 1, 0.895037398141),
    (0.623465458164, 1, 0.915682224102), (0.901840766193, 1, 0.98486730014),
    (0.0829934088979, 1, 0.304309165959), (0.959402484354, 1, 0.98486730014),
    (0.654787588166, 1, 0.915682224102), (0.917496589012, 1, 0.98486730014),
    (0.246234522667, 1, 0.615586306667), (0.303549238481, 1, 0.725878613758),
    (0.536939036567, 1, 0.895037398141), (0.90353948134, 1, 0.98486730014),
    (0.388912443304, 1, 0.763935156491), (0.226545396959, 1, 0.593333182513),
    (0.414490382886, 1, 0.7861024503), (0.328336637234, 1, 0.738574567303),
    (0.0142923793755, 0.671741830651, 0.0873423184061), (0.551675389055, 1, 0.895037398141),
    (0.715897011571, 1, 0.915682224102), (0.0643584497739, 1, 0.252836766969),
    (0.865135024767, 1, 0.98486730014), (0.676060877973, 1, 0.915682224102),
    (0.936699537095, 1, 0.98486730014), (0.98486730014, 1, 0.98486730014),
    (0.979763461044, 1, 0.98486730014), (0.175991162425, 1, 0.509448101756),
    (0.928948624292, 1, 0.98486730014), (0.569569253363, 1, 0.895037398141),
    (0.78574628639, 1, 0.982182857988), (0.358913142933, 1, 0.738574567303),
    (0.100531780161, 1, 0.345577994303), (0.905445992714, 1, 0.98486730014),
    (0.36200110917, 1, 0.738574567303), (0.478289680323, 1, 0.848578465089),
    (0.58599786507, 1, 0.895274516079), (0.956207654672, 1, 0.98486730014),
    (1.8067322686e-05, 0.000993702747732, 0.000993702747732), (0.124330869281, 1, 0.379899878358),
    (0.00584618348936, 0.292309174468, 0.053122049763), (0.000601838775741, 0.0322436515663, 0.0104026036004),
    (0.000597104658635, 0.0322436515663, 0.0104026036004), (0.0362395145752, 1, 0.199317330163),
    (0.000756552989117, 0.0393407554341, 0.0104026036004), (0.0522895022244, 1, 0.239660218528),
    (0.003964485549, 0.202188762999, 0.043609341039), (0.465868342341, 1, 0.848578465089),
    (0.0568220280812, 1, 0.240400888036), (0.0421686380648, 1, 0.210843190324),
    (0.011970513309, 0.574584638832, 0.0822972789994), (0.220760341865, 1, 0.593333182513),
    (0.116094627648, 1, 0.375600265921),
)  # fmt: skip

# Maximal sets without a significant pair, from R's multcompView 0.1-8: n, significant pairs counted in the order
# (1, 2), (1, 3) ... (n - 1, n), and the sets.
MULTCOMPVIEW = (
    (3, "1 2", "1; 2 3"),
    (3, "2", "1 2; 2 3"),
    (4, "", "1 2 3 4"),
    (4, "2 5 6", "1 2; 1 4; 2 3"),
    (4, "1 2 3 5 6", "1; 2 3; 4"),
    (4, "1 6", "1 3; 1 4; 2 3; 2 4"),
    (6, "3 4 6 8 9 11 12", "1 2; 1 3; 1 6; 2 4; 3 4; 4 5 6"),
    (6, "7 12", "1 2 3 5; 1 2 5 6; 1 3 4 5; 1 4 5 6"),
    (6, "2 3 4 5 8 9 12 13 1", "1; 2 3 4; 3 5; 4 6; 5 6"),
)
