"""The works that a methods sheet may cite, by key; names and titles in Unicode, braces keep capitals in BibTeX."""

from app.results.measure_references import WORKS_OF_MEASURES
from app.results.reference import made

_WORKS = (
    made(
        "bradley1952", "article", author="Bradley, Ralph Allan and Terry, Milton E.", year="1952",
        title="Rank Analysis of Incomplete Block Designs: {I}. The Method of Paired Comparisons",
        journal="Biometrika", volume="39", number="3/4", pages="324–345", doi="10.2307/2334029",
    ),
    made(
        "ford1957", "article", author="Ford, Jr., Lester R.", year="1957",
        title="Solution of a Ranking Problem from Binary Comparisons", journal="The American Mathematical Monthly",
        volume="64", number="8, Part 2", pages="28–33", doi="10.2307/2308513",
    ),
    made(
        "hunter2004", "article", author="Hunter, David R.", year="2004",
        title="{MM} Algorithms for Generalized {Bradley–Terry} Models", journal="The Annals of Statistics",
        volume="32", number="1", pages="384–406", doi="10.1214/aos/1079120141",
    ),
    made(
        "davidson1970", "article", author="Davidson, Roger R.", year="1970",
        title="On Extending the {Bradley–Terry} Model to Accommodate Ties in Paired Comparison Experiments",
        journal="Journal of the American Statistical Association", volume="65", number="329", pages="317–328",
        doi="10.1080/01621459.1970.10481082",
    ),
    made(
        "davidson1977", "article", author="Davidson, Roger R. and Beaver, Robert J.", year="1977",
        title="On Extending the {Bradley–Terry} Model to Incorporate Within-Pair Order Effects",
        journal="Biometrics", volume="33", number="4", pages="693–702", doi="10.2307/2529467",
    ),
    made(
        "searle1987", "book", author="Searle, Shayle R.", year="1987", title="Linear Models for Unbalanced Data",
        publisher="Wiley",
    ),
    made(
        "thurstone1927", "article", author="Thurstone, Louis Leon", year="1927", title="A Law of Comparative Judgment",
        journal="Psychological Review", volume="34", number="4", pages="273–286", doi="10.1037/h0070288",
    ),
    made(
        "perezortiz2017", "misc", author="Pérez-Ortiz, María and Mantiuk, Rafał K.", year="2017",
        title="A Practical Guide and Software for Analysing Pairwise Comparison Experiments",
        eprint="1712.03686", archiveprefix="arXiv", url="https://arxiv.org/abs/1712.03686",
    ),
    made(
        "ding2021", "article", year="2021",
        author="Ding, Keyan and Ma, Kede and Wang, Shiqi and Simoncelli, Eero P.",
        title="Comparison of Full-Reference Image Quality Models for Optimization of Image Processing Systems",
        journal="International Journal of Computer Vision", volume="129", number="4", pages="1258–1281",
        doi="10.1007/s11263-020-01419-7",
    ),
    made(
        "itup910", "techreport", author="{ITU-T}", year="2023", type="Recommendation", number="{ITU-T} P.910 (10/2023)",
        title="Subjective Video Quality Assessment Methods for Multimedia Applications",
        institution="International Telecommunication Union",
        url="https://www.itu.int/rec/T-REC-P.910",
    ),
    made(
        "itubt500", "techreport", author="{ITU-R}", year="2023", type="Recommendation",
        number="{ITU-R} BT.500-15 (05/2023)",
        title="Methodologies for the Subjective Assessment of the Quality of Television Images",
        institution="International Telecommunication Union",
        url="https://www.itu.int/rec/R-REC-BT.500",
    ),
    made(
        "student1908", "article", author="Student", year="1908", title="The Probable Error of a Mean",
        journal="Biometrika", volume="6", number="1", pages="1–25", doi="10.1093/biomet/6.1.1",
    ),
    made(
        "wilcoxon1945", "article", author="Wilcoxon, Frank", year="1945",
        title="Individual Comparisons by Ranking Methods", journal="Biometrics Bulletin", volume="1", number="6",
        pages="80–83", doi="10.2307/3001968",
    ),
    made(
        "friedman1937", "article", author="Friedman, Milton", year="1937",
        title="The Use of Ranks to Avoid the Assumption of Normality Implicit in the Analysis of Variance",
        journal="Journal of the American Statistical Association", volume="32", number="200", pages="675–701",
        doi="10.1080/01621459.1937.10503522",
    ),
    made(
        "holm1979", "article", author="Holm, Sture", year="1979",
        title="A Simple Sequentially Rejective Multiple Test Procedure", journal="Scandinavian Journal of Statistics",
        volume="6", number="2", pages="65–70",
    ),
    made(
        "benjamini1995", "article", author="Benjamini, Yoav and Hochberg, Yosef", year="1995",
        title="Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing",
        journal="Journal of the Royal Statistical Society: Series B (Methodological)", volume="57", number="1",
        pages="289–300", doi="10.1111/j.2517-6161.1995.tb02031.x",
    ),
    made(
        "piepho2004", "article", author="Piepho, Hans-Peter", year="2004",
        title="An Algorithm for a Letter-Based Representation of All-Pairwise Comparisons",
        journal="Journal of Computational and Graphical Statistics", volume="13", number="2", pages="456–466",
        doi="10.1198/1061860043515",
    ),
    made(
        "cameron2011", "article", year="2011",
        author="Cameron, A. Colin and Gelbach, Jonah B. and Miller, Douglas L.",
        title="Robust Inference with Multiway Clustering", journal="Journal of Business & Economic Statistics",
        volume="29", number="2", pages="238–249", doi="10.1198/jbes.2010.07136",
    ),
    made(
        "liang1986", "article", author="Liang, Kung-Yee and Zeger, Scott L.", year="1986",
        title="Longitudinal Data Analysis Using Generalized Linear Models", journal="Biometrika", volume="73",
        number="1", pages="13–22", doi="10.1093/biomet/73.1.13",
    ),
    made(
        "efron1979", "article", author="Efron, Bradley", year="1979",
        title="Bootstrap Methods: Another Look at the Jackknife", journal="The Annals of Statistics", volume="7",
        number="1", pages="1–26", doi="10.1214/aos/1176344552",
    ),
    made(
        "hothorn2008", "article", author="Hothorn, Torsten and Bretz, Frank and Westfall, Peter", year="2008",
        title="Simultaneous Inference in General Parametric Models", journal="Biometrical Journal", volume="50",
        number="3", pages="346–363", doi="10.1002/bimj.200810425",
    ),
    made(
        "lindley1956", "article", author="Lindley, Dennis V.", year="1956",
        title="On a Measure of the Information Provided by an Experiment",
        journal="The Annals of Mathematical Statistics", volume="27", number="4", pages="986–1005",
        doi="10.1214/aoms/1177728069",
    ),
    made(
        "li2018", "misc", year="2018",
        author="Li, Jing and Mantiuk, Rafał K. and Wang, Junle and Ling, Suiyi and Le Callet, Patrick",
        title="{Hybrid-MST}: A Hybrid Active Sampling Strategy for Pairwise Preference Aggregation",
        eprint="1810.08851", archiveprefix="arXiv", url="https://arxiv.org/abs/1810.08851",
    ),
    made(
        "madow1949", "article", author="Madow, William G.", year="1949",
        title="On the Theory of Systematic Sampling, {II}", journal="The Annals of Mathematical Statistics",
        volume="20", number="3", pages="333–354", doi="10.1214/aoms/1177729988",
    ),
    made(
        "kendall1940", "article", author="Kendall, Maurice G. and Babington Smith, Bernard", year="1940",
        title="On the Method of Paired Comparisons", journal="Biometrika", volume="31", number="3/4",
        pages="324–345", doi="10.1093/biomet/31.3-4.324",
    ),
    made(
        "demsar2006", "article", author="Demšar, Janez", year="2006",
        title="Statistical Comparisons of Classifiers over Multiple Data Sets",
        journal="Journal of Machine Learning Research", volume="7", pages="1–30",
        url="https://jmlr.org/papers/v7/demsar06a.html",
    ),
    made(
        "davison1997", "book", author="Davison, Anthony C. and Hinkley, David V.", year="1997",
        title="Bootstrap Methods and Their Application", publisher="Cambridge University Press",
        doi="10.1017/CBO9780511802843",
    ),
    made(
        "firth1993", "article", author="Firth, David", year="1993",
        title="Bias Reduction of Maximum Likelihood Estimates", journal="Biometrika", volume="80", number="1",
        pages="27–38", doi="10.1093/biomet/80.1.27",
    ),
    made(
        "spearman1910", "article", author="Spearman, Charles", year="1910",
        title="Correlation Calculated from Faulty Data", journal="British Journal of Psychology", volume="3",
        number="3", pages="271–295", doi="10.1111/j.2044-8295.1910.tb00206.x",
    ),
    made(
        "brown1910", "article", author="Brown, William", year="1910",
        title="Some Experimental Results in the Correlation of Mental Abilities",
        journal="British Journal of Psychology", volume="3", number="3", pages="296–322",
        doi="10.1111/j.2044-8295.1910.tb00207.x",
    ),
    made(
        "spearman1904", "article", author="Spearman, Charles", year="1904",
        title="The Proof and Measurement of Association between Two Things",
        journal="The American Journal of Psychology", volume="15", number="1", pages="72–101", doi="10.2307/1412159",
    ),
    made(
        "kendall1945", "article", author="Kendall, Maurice G.", year="1945",
        title="The Treatment of Ties in Ranking Problems", journal="Biometrika", volume="33", number="3",
        pages="239–251", doi="10.1093/biomet/33.3.239",
    ),
    made(
        "owen2007", "article", author="Owen, Art B.", year="2007", title="The Pigeonhole Bootstrap",
        journal="The Annals of Applied Statistics", volume="1", number="2", pages="386–411", doi="10.1214/07-AOAS122",
    ),
    made(
        "zhang2018", "inproceedings", year="2018",
        author="Zhang, Richard and Isola, Phillip and Efros, Alexei A. and Shechtman, Eli and Wang, Oliver",
        title="The Unreasonable Effectiveness of Deep Features as a Perceptual Metric",
        booktitle="{IEEE/CVF} Conference on Computer Vision and Pattern Recognition", pages="586–595",
        doi="10.1109/CVPR.2018.00068",
    ),
    made(
        "harris2020", "article", author="Harris, Charles R. and others", year="2020",
        title="Array Programming with {NumPy}", journal="Nature", volume="585", pages="357–362",
        doi="10.1038/s41586-020-2649-2",
    ),
    made(
        "virtanen2020", "article", author="Virtanen, Pauli and others", year="2020",
        title="{SciPy} 1.0: Fundamental Algorithms for Scientific Computing in {Python}", journal="Nature Methods",
        volume="17", pages="261–272", doi="10.1038/s41592-019-0686-2",
    ),
    made(
        "hunter2007", "article", author="Hunter, John D.", year="2007", title="Matplotlib: A {2D} Graphics Environment",
        journal="Computing in Science & Engineering", volume="9", number="3", pages="90–95",
        doi="10.1109/MCSE.2007.55",
    ),
)  # fmt: skip
REFERENCES = {work.key: work for work in (*_WORKS, *WORKS_OF_MEASURES)}
