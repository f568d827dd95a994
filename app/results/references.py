"""The works that a methods sheet may cite, by key; names and titles in Unicode, braces keep capitals in BibTeX."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the bibliography; a key never changes, because papers hold it."""

    key: str
    kind: str  # of BibTeX
    fields: Mapping[str, str]

    @property
    def in_words(self) -> str:
        """The entry as a reader of the sheet has it."""
        told = {name: text.replace("{", "").replace("}", "") for name, text in self.fields.items()}
        who = told["author"].split(" and ")
        last = "" if len(who) == 1 else ", et al." if who[-1] == "others" else f"; and {who[-1]}"
        names = "; ".join(who[:-1] or who) + last
        if "institution" in told:
            place = f"{told['institution']}, {told['type']} {told['number']}"
        else:
            volume = told.get("volume", "") + (f"({told['number']})" if "number" in told else "")
            where = next((told[name] for name in ("journal", "booktitle", "publisher") if name in told), "")
            place = ", ".join(part for part in (f"{where} {volume}".strip(), told.get("pages", "")) if part)
        tail = [place, f"https://doi.org/{told['doi']}" if "doi" in told else told.get("url", "")]
        return ". ".join([f"{names} ({told['year']})", told["title"], *(part for part in tail if part)])


def _made(key: str, kind: str, **fields: str) -> Reference:
    return Reference(key, kind, fields)


_WORKS = (
    _made(
        "bradley1952", "article", author="Bradley, Ralph Allan and Terry, Milton E.", year="1952",
        title="Rank Analysis of Incomplete Block Designs: {I}. The Method of Paired Comparisons",
        journal="Biometrika", volume="39", number="3/4", pages="324–345", doi="10.2307/2334029",
    ),
    _made(
        "ford1957", "article", author="Ford, Jr., Lester R.", year="1957",
        title="Solution of a Ranking Problem from Binary Comparisons", journal="The American Mathematical Monthly",
        volume="64", number="8, Part 2", pages="28–33", doi="10.2307/2308513",
    ),
    _made(
        "hunter2004", "article", author="Hunter, David R.", year="2004",
        title="{MM} Algorithms for Generalized {Bradley–Terry} Models", journal="The Annals of Statistics",
        volume="32", number="1", pages="384–406", doi="10.1214/aos/1079120141",
    ),
    _made(
        "davidson1970", "article", author="Davidson, Roger R.", year="1970",
        title="On Extending the {Bradley–Terry} Model to Accommodate Ties in Paired Comparison Experiments",
        journal="Journal of the American Statistical Association", volume="65", number="329", pages="317–328",
        doi="10.1080/01621459.1970.10481082",
    ),
    _made(
        "davidson1977", "article", author="Davidson, Roger R. and Beaver, Robert J.", year="1977",
        title="On Extending the {Bradley–Terry} Model to Incorporate Within-Pair Order Effects",
        journal="Biometrics", volume="33", number="4", pages="693–702", doi="10.2307/2529467",
    ),
    _made(
        "searle1987", "book", author="Searle, Shayle R.", year="1987", title="Linear Models for Unbalanced Data",
        publisher="Wiley",
    ),
    _made(
        "thurstone1927", "article", author="Thurstone, Louis Leon", year="1927", title="A Law of Comparative Judgment",
        journal="Psychological Review", volume="34", number="4", pages="273–286", doi="10.1037/h0070288",
    ),
    _made(
        "perezortiz2017", "misc", author="Pérez-Ortiz, María and Mantiuk, Rafał K.", year="2017",
        title="A Practical Guide and Software for Analysing Pairwise Comparison Experiments",
        eprint="1712.03686", archiveprefix="arXiv", url="https://arxiv.org/abs/1712.03686",
    ),
    _made(
        "ding2021", "article", year="2021",
        author="Ding, Keyan and Ma, Kede and Wang, Shiqi and Simoncelli, Eero P.",
        title="Comparison of Full-Reference Image Quality Models for Optimization of Image Processing Systems",
        journal="International Journal of Computer Vision", volume="129", number="4", pages="1258–1281",
        doi="10.1007/s11263-020-01419-7",
    ),
    _made(
        "itup910", "techreport", author="{ITU-T}", year="2023", type="Recommendation", number="{ITU-T} P.910 (10/2023)",
        title="Subjective Video Quality Assessment Methods for Multimedia Applications",
        institution="International Telecommunication Union",
        url="https://www.itu.int/rec/T-REC-P.910",
    ),
    _made(
        "itubt500", "techreport", author="{ITU-R}", year="2023", type="Recommendation",
        number="{ITU-R} BT.500-15 (05/2023)",
        title="Methodologies for the Subjective Assessment of the Quality of Television Images",
        institution="International Telecommunication Union",
        url="https://www.itu.int/rec/R-REC-BT.500",
    ),
    _made(
        "student1908", "article", author="Student", year="1908", title="The Probable Error of a Mean",
        journal="Biometrika", volume="6", number="1", pages="1–25", doi="10.1093/biomet/6.1.1",
    ),
    _made(
        "wilcoxon1945", "article", author="Wilcoxon, Frank", year="1945",
        title="Individual Comparisons by Ranking Methods", journal="Biometrics Bulletin", volume="1", number="6",
        pages="80–83", doi="10.2307/3001968",
    ),
    _made(
        "friedman1937", "article", author="Friedman, Milton", year="1937",
        title="The Use of Ranks to Avoid the Assumption of Normality Implicit in the Analysis of Variance",
        journal="Journal of the American Statistical Association", volume="32", number="200", pages="675–701",
        doi="10.1080/01621459.1937.10503522",
    ),
    _made(
        "holm1979", "article", author="Holm, Sture", year="1979",
        title="A Simple Sequentially Rejective Multiple Test Procedure", journal="Scandinavian Journal of Statistics",
        volume="6", number="2", pages="65–70",
    ),
    _made(
        "benjamini1995", "article", author="Benjamini, Yoav and Hochberg, Yosef", year="1995",
        title="Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing",
        journal="Journal of the Royal Statistical Society: Series B (Methodological)", volume="57", number="1",
        pages="289–300", doi="10.1111/j.2517-6161.1995.tb02031.x",
    ),
    _made(
        "piepho2004", "article", author="Piepho, Hans-Peter", year="2004",
        title="An Algorithm for a Letter-Based Representation of All-Pairwise Comparisons",
        journal="Journal of Computational and Graphical Statistics", volume="13", number="2", pages="456–466",
        doi="10.1198/1061860043515",
    ),
    _made(
        "cameron2011", "article", year="2011",
        author="Cameron, A. Colin and Gelbach, Jonah B. and Miller, Douglas L.",
        title="Robust Inference with Multiway Clustering", journal="Journal of Business & Economic Statistics",
        volume="29", number="2", pages="238–249", doi="10.1198/jbes.2010.07136",
    ),
    _made(
        "liang1986", "article", author="Liang, Kung-Yee and Zeger, Scott L.", year="1986",
        title="Longitudinal Data Analysis Using Generalized Linear Models", journal="Biometrika", volume="73",
        number="1", pages="13–22", doi="10.1093/biomet/73.1.13",
    ),
    _made(
        "efron1979", "article", author="Efron, Bradley", year="1979",
        title="Bootstrap Methods: Another Look at the Jackknife", journal="The Annals of Statistics", volume="7",
        number="1", pages="1–26", doi="10.1214/aos/1176344552",
    ),
    _made(
        "hothorn2008", "article", author="Hothorn, Torsten and Bretz, Frank and Westfall, Peter", year="2008",
        title="Simultaneous Inference in General Parametric Models", journal="Biometrical Journal", volume="50",
        number="3", pages="346–363", doi="10.1002/bimj.200810425",
    ),
    _made(
        "lindley1956", "article", author="Lindley, Dennis V.", year="1956",
        title="On a Measure of the Information Provided by an Experiment",
        journal="The Annals of Mathematical Statistics", volume="27", number="4", pages="986–1005",
        doi="10.1214/aoms/1177728069",
    ),
    _made(
        "li2018", "misc", year="2018",
        author="Li, Jing and Mantiuk, Rafał K. and Wang, Junle and Ling, Suiyi and Le Callet, Patrick",
        title="{Hybrid-MST}: A Hybrid Active Sampling Strategy for Pairwise Preference Aggregation",
        eprint="1810.08851", archiveprefix="arXiv", url="https://arxiv.org/abs/1810.08851",
    ),
    _made(
        "madow1949", "article", author="Madow, William G.", year="1949",
        title="On the Theory of Systematic Sampling, {II}", journal="The Annals of Mathematical Statistics",
        volume="20", number="3", pages="333–354", doi="10.1214/aoms/1177729988",
    ),
    _made(
        "kendall1940", "article", author="Kendall, Maurice G. and Babington Smith, Bernard", year="1940",
        title="On the Method of Paired Comparisons", journal="Biometrika", volume="31", number="3/4",
        pages="324–345", doi="10.1093/biomet/31.3-4.324",
    ),
    _made(
        "demsar2006", "article", author="Demšar, Janez", year="2006",
        title="Statistical Comparisons of Classifiers over Multiple Data Sets",
        journal="Journal of Machine Learning Research", volume="7", pages="1–30",
        url="https://jmlr.org/papers/v7/demsar06a.html",
    ),
    _made(
        "davison1997", "book", author="Davison, Anthony C. and Hinkley, David V.", year="1997",
        title="Bootstrap Methods and Their Application", publisher="Cambridge University Press",
        doi="10.1017/CBO9780511802843",
    ),
    _made(
        "firth1993", "article", author="Firth, David", year="1993",
        title="Bias Reduction of Maximum Likelihood Estimates", journal="Biometrika", volume="80", number="1",
        pages="27–38", doi="10.1093/biomet/80.1.27",
    ),
    _made(
        "spearman1910", "article", author="Spearman, Charles", year="1910",
        title="Correlation Calculated from Faulty Data", journal="British Journal of Psychology", volume="3",
        number="3", pages="271–295", doi="10.1111/j.2044-8295.1910.tb00206.x",
    ),
    _made(
        "brown1910", "article", author="Brown, William", year="1910",
        title="Some Experimental Results in the Correlation of Mental Abilities",
        journal="British Journal of Psychology", volume="3", number="3", pages="296–322",
        doi="10.1111/j.2044-8295.1910.tb00207.x",
    ),
    _made(
        "spearman1904", "article", author="Spearman, Charles", year="1904",
        title="The Proof and Measurement of Association between Two Things",
        journal="The American Journal of Psychology", volume="15", number="1", pages="72–101", doi="10.2307/1412159",
    ),
    _made(
        "kendall1945", "article", author="Kendall, Maurice G.", year="1945",
        title="The Treatment of Ties in Ranking Problems", journal="Biometrika", volume="33", number="3",
        pages="239–251", doi="10.1093/biomet/33.3.239",
    ),
    _made(
        "owen2007", "article", author="Owen, Art B.", year="2007", title="The Pigeonhole Bootstrap",
        journal="The Annals of Applied Statistics", volume="1", number="2", pages="386–411", doi="10.1214/07-AOAS122",
    ),
    _made(
        "zhang2018", "inproceedings", year="2018",
        author="Zhang, Richard and Isola, Phillip and Efros, Alexei A. and Shechtman, Eli and Wang, Oliver",
        title="The Unreasonable Effectiveness of Deep Features as a Perceptual Metric",
        booktitle="{IEEE/CVF} Conference on Computer Vision and Pattern Recognition", pages="586–595",
        doi="10.1109/CVPR.2018.00068",
    ),
    _made(
        "wang2003", "inproceedings", author="Wang, Zhou and Simoncelli, Eero P. and Bovik, Alan C.", year="2003",
        title="Multiscale Structural Similarity for Image Quality Assessment",
        booktitle="The Thirty-Seventh Asilomar Conference on Signals, Systems & Computers", volume="2",
        pages="1398–1402", doi="10.1109/ACSSC.2003.1292216",
    ),
    _made(
        "xue2014", "article", author="Xue, Wufeng and Zhang, Lei and Mou, Xuanqin and Bovik, Alan C.", year="2014",
        title="Gradient Magnitude Similarity Deviation: A Highly Efficient Perceptual Image Quality Index",
        journal="{IEEE} Transactions on Image Processing", volume="23", number="2", pages="684–695",
        doi="10.1109/TIP.2013.2293423",
    ),
    _made(
        "harris2020", "article", author="Harris, Charles R. and others", year="2020",
        title="Array Programming with {NumPy}", journal="Nature", volume="585", pages="357–362",
        doi="10.1038/s41586-020-2649-2",
    ),
    _made(
        "virtanen2020", "article", author="Virtanen, Pauli and others", year="2020",
        title="{SciPy} 1.0: Fundamental Algorithms for Scientific Computing in {Python}", journal="Nature Methods",
        volume="17", pages="261–272", doi="10.1038/s41592-019-0686-2",
    ),
    _made(
        "hunter2007", "article", author="Hunter, John D.", year="2007", title="Matplotlib: A {2D} Graphics Environment",
        journal="Computing in Science & Engineering", volume="9", number="3", pages="90–95",
        doi="10.1109/MCSE.2007.55",
    ),
)  # fmt: skip
REFERENCES = {work.key: work for work in _WORKS}
# What describes a measure of the catalogue; those without a paper of their own are not here.
OF_MEASURES = {"ms_ssim": "wang2003", "gmsd": "xue2014"}
