"""The works that describe the measures of the catalogue."""

from app.results.reference import made

WORKS_OF_MEASURES = (
    made(
        "charbonnier1994", "inproceedings", year="1994",
        author="Charbonnier, Pierre and Blanc-Féraud, Laure and Aubert, Gilles and Barlaud, Michel",
        title="Two Deterministic Half-Quadratic Regularization Algorithms for Computed Imaging",
        booktitle="International Conference on Image Processing", volume="2", pages="168–172",
        doi="10.1109/ICIP.1994.413553",
    ),
    made(
        "xue2013", "inproceedings", year="2013",
        author="Xue, Wufeng and Mou, Xuanqin and Zhang, Lei and Feng, Xiangchu",
        title="Perceptual Fidelity Aware Mean Squared Error",
        booktitle="{IEEE} International Conference on Computer Vision", pages="705–712",
        doi="10.1109/ICCV.2013.93",
    ),
    made(
        "laparra2016", "inproceedings", year="2016",
        author="Laparra, Valero and Ballé, Johannes and Berardino, Alexander and Simoncelli, Eero P.",
        title="Perceptual Image Quality Assessment Using a Normalized {Laplacian} Pyramid",
        booktitle="Human Vision and Electronic Imaging", pages="1–6",
        doi="10.2352/ISSN.2470-1173.2016.16.HVEI-103",
    ),
    made(
        "larson2010", "article", year="2010",
        author="Larson, Eric C. and Chandler, Damon M.",
        title="Most Apparent Distortion: Full-Reference Image Quality Assessment and the Role of Strategy",
        journal="Journal of Electronic Imaging", volume="19", number="1", pages="1–21",
        doi="10.1117/1.3267105",
    ),
    made(
        "wang2004", "article", year="2004",
        author="Wang, Zhou and Bovik, Alan C. and Sheikh, Hamid R. and Simoncelli, Eero P.",
        title="Image Quality Assessment: From Error Visibility to Structural Similarity",
        journal="{IEEE} Transactions on Image Processing", volume="13", number="4", pages="600–612",
        doi="10.1109/TIP.2003.819861",
    ),
    made(
        "wang2003", "inproceedings", author="Wang, Zhou and Simoncelli, Eero P. and Bovik, Alan C.", year="2003",
        title="Multiscale Structural Similarity for Image Quality Assessment",
        booktitle="The Thirty-Seventh Asilomar Conference on Signals, Systems & Computers", volume="2",
        pages="1398–1402", doi="10.1109/ACSSC.2003.1292216",
    ),
    made(
        "sampat2009", "article", year="2009",
        author="Sampat, Mehul P. and Wang, Zhou and Gupta, Shalini and Bovik, Alan C. and Markey, Mia K.",
        title="Complex Wavelet Structural Similarity: A New Image Similarity Index",
        journal="{IEEE} Transactions on Image Processing", volume="18", number="11", pages="2385–2401",
        doi="10.1109/TIP.2009.2025923",
    ),
    made(
        "xue2014", "article", author="Xue, Wufeng and Zhang, Lei and Mou, Xuanqin and Bovik, Alan C.", year="2014",
        title="Gradient Magnitude Similarity Deviation: A Highly Efficient Perceptual Image Quality Index",
        journal="{IEEE} Transactions on Image Processing", volume="23", number="2", pages="684–695",
        doi="10.1109/TIP.2013.2293423",
    ),
    made(
        "wang2016", "article", year="2016",
        author="Wang, Tonghan and Zhang, Lu and Jia, Huizhen and Li, Baosheng and Shu, Huazhong",
        title="Multiscale Contrast Similarity Deviation: An Effective and Efficient Index for Perceptual Image "
        "Quality Assessment",
        journal="Signal Processing: Image Communication", volume="45", pages="1–9",
        doi="10.1016/j.image.2016.04.005",
    ),
    made(
        "zhang2011", "article", year="2011",
        author="Zhang, Lin and Zhang, Lei and Mou, Xuanqin and Zhang, David",
        title="{FSIM}: A Feature Similarity Index for Image Quality Assessment",
        journal="{IEEE} Transactions on Image Processing", volume="20", number="8", pages="2378–2386",
        doi="10.1109/TIP.2011.2109730",
    ),
    made(
        "zhang2014", "article", year="2014",
        author="Zhang, Lin and Shen, Ying and Li, Hongyu",
        title="{VSI}: A Visual Saliency-Induced Index for Perceptual Image Quality Assessment",
        journal="{IEEE} Transactions on Image Processing", volume="23", number="10", pages="4270–4281",
        doi="10.1109/TIP.2014.2346028",
    ),
    made(
        "chang2013", "article", year="2013",
        author="Chang, Hua-wen and Yang, Hua and Gan, Yong and Wang, Ming-hui",
        title="Sparse Feature Fidelity for Perceptual Image Quality Assessment",
        journal="{IEEE} Transactions on Image Processing", volume="22", number="10", pages="4007–4018",
        doi="10.1109/TIP.2013.2266579",
    ),
    made(
        "sheikh2005", "article", year="2005",
        author="Sheikh, Hamid R. and Bovik, Alan C. and de Veciana, Gustavo",
        title="An Information Fidelity Criterion for Image Quality Assessment Using Natural Scene Statistics",
        journal="{IEEE} Transactions on Image Processing", volume="14", number="12", pages="2117–2128",
        doi="10.1109/TIP.2005.859389",
    ),
    made(
        "sheikh2006", "article", year="2006",
        author="Sheikh, Hamid R. and Bovik, Alan C.",
        title="Image Information and Visual Quality",
        journal="{IEEE} Transactions on Image Processing", volume="15", number="2", pages="430–444",
        doi="10.1109/TIP.2005.859378",
    ),
    made(
        "ding2022", "article", year="2022",
        author="Ding, Keyan and Ma, Kede and Wang, Shiqi and Simoncelli, Eero P.",
        title="Image Quality Assessment: Unifying Structure and Texture Similarity",
        journal="{IEEE} Transactions on Pattern Analysis and Machine Intelligence", volume="44", number="5",
        pages="2567–2581",
        doi="10.1109/TPAMI.2020.3045810",
    ),
    made(
        "prashnani2018", "inproceedings", year="2018",
        author="Prashnani, Ekta and Cai, Hong and Mostofi, Yasamin and Sen, Pradeep",
        title="{PieAPP}: Perceptual Image-Error Assessment Through Pairwise Preference",
        booktitle="{IEEE/CVF} Conference on Computer Vision and Pattern Recognition", pages="1808–1817",
        doi="10.1109/CVPR.2018.00194",
    ),
    made(
        "bosse2018", "article", year="2018",
        author="Bosse, Sebastian and Maniry, Dominique and Müller, Klaus-Robert and Wiegand, Thomas and "
        "Samek, Wojciech",
        title="Deep Neural Networks for No-Reference and Full-Reference Image Quality Assessment",
        journal="{IEEE} Transactions on Image Processing", volume="27", number="1", pages="206–219",
        doi="10.1109/TIP.2017.2760518",
    ),
    made(
        "ma2018", "inproceedings", year="2018",
        author="Ma, Kede and Duanmu, Zhengfang and Wang, Zhou",
        title="Geometric Transformation Invariant Image Quality Assessment Using Convolutional Neural Networks",
        booktitle="{IEEE} International Conference on Acoustics, Speech and Signal Processing", pages="6732–6736",
        doi="10.1109/ICASSP.2018.8462176",
    ),
)  # fmt: skip
# What describes a measure of the catalogue; those without a paper of their own are not here.
OF_MEASURES = {
    "charbonnier": "charbonnier1994", "pamse": "xue2013", "nlpd": "laparra2016", "mad": "larson2010",
    "ssim": "wang2004", "ms_ssim": "wang2003", "cw_ssim": "sampat2009", "gmsd": "xue2014", "mcsd": "wang2016",
    "fsim": "zhang2011", "vsi": "zhang2014", "sff": "chang2013", "ifc": "sheikh2005", "vif": "sheikh2006",
    "lpips": "zhang2018", "dists": "ding2022", "pieapp": "prashnani2018", "deepiqa": "bosse2018", "gti_cnn": "ma2018",
}  # fmt: skip
