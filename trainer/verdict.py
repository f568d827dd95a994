"""What following an objective led to: recovers, artefacts or diverges, by a rule with its numbers; or unfinished.

The published comparison judged recovered pictures by eye. The rule here is ours, and deliberately plain; the first that
holds decides:

1. *diverges*, where more than one step in a hundred (and more than twenty) was not finite;
2. *recovers*, where the best picture has a PSNR of at least 35 dB and an MS-SSIM of at least 0.99 (where it is large
   enough for one): hardly anybody would tell it from the reference, and no coarse JPEG is so near;
3. *unfinished*, where the learning rate had not come down to its lowest by the last step, or where more than a fiftieth
   of all that the objective fell, it fell over the last quarter of the steps: no verdict on the objective yet;
4. *diverges*, where the objective did not fall, or was higher at the end than at the start; under a measure that has no
   best value, which can always be improved by leaving the reference behind, where the PSNR did not rise;
5. *artefacts* otherwise: the objective has settled, on a picture that is not the reference.

"Best" is the picture under which the objective was lowest, whatever it looks like. Nothing in the rule changes where an
objective is multiplied by a number or has one added to it.
"""

from dataclasses import dataclass

from app.jobs.contract import Verdict

PSNR, MS_SSIM = 35.0, 0.99
LATE = 0.02  # of all that the objective fell


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers that decide."""

    objective_start: float
    objective_best: float
    objective_last: float
    objective_reference: float
    psnr_start: float  # dB
    psnr_best: float  # dB
    ms_ssim_best: float | None  # None where the picture is too small for it
    steps: int  # that were to be taken
    taken: int
    skipped: int  # of those taken: not finite
    last_rate: float  # the learning rate of the last step
    lowest_rate: float  # that of a schedule that came to its end
    late: float  # the share of all that the objective fell which it fell over the last quarter of the steps
    endless: bool = False  # whether a measure in the objective has no best value


def too_many(skipped: int, steps: int) -> bool:
    """Whether so many steps were not finite that the rest is not worth doing."""
    return skipped > max(20, steps // 100)


def verdict(of: Evidence) -> tuple[Verdict, str]:
    """The verdict, and the sentence that says which part of the rule decided."""
    alike = f"PSNR {of.psnr_best:.1f} dB"
    if of.ms_ssim_best is not None:
        alike += f" and MS-SSIM {of.ms_ssim_best:.4f}"
    wanted = f"{PSNR:.0f} dB" + ("" if of.ms_ssim_best is None else f" and {MS_SSIM}")
    went = f"the objective went from {of.objective_start:.4g} to {of.objective_best:.4g}"
    went += f" ({of.objective_reference:.4g} at the reference)"
    if too_many(of.skipped, of.steps):
        return Verdict.DIVERGES, f"{of.skipped} of the first {of.taken} steps were not finite."
    if of.psnr_best >= PSNR and (of.ms_ssim_best is None or of.ms_ssim_best >= MS_SSIM):
        return Verdict.RECOVERS, f"{alike} of the best picture reach {wanted}; {went}."
    missed = f"{alike} of the best picture do not reach {wanted}"
    if unfinished := _unfinished(of):
        return Verdict.UNFINISHED, f"{missed}, but {unfinished}: more steps may lead further; so far {went}."
    if astray := _astray(of):
        return Verdict.DIVERGES, f"{missed}, and {astray}; {went}."
    return Verdict.ARTEFACTS, f"{missed}, although the objective has settled: {went}."


def _unfinished(of: Evidence) -> str:
    """Why there is no verdict on the objective yet; empty where there is one."""
    if of.last_rate > of.lowest_rate:
        return f"the learning rate was still {of.last_rate:.4g} at the end, above its lowest of {of.lowest_rate:.4g}"
    if of.late > LATE:
        return f"the objective was still falling ({100 * of.late:.0f} % of its fall were over the last quarter)"
    return ""


def _astray(of: Evidence) -> str:
    """Why the objective led nowhere, or away from the reference; empty where it did neither."""
    if of.objective_best >= of.objective_start:
        return "the objective never fell"
    if of.objective_last > of.objective_start:
        return f"the objective was higher at the end ({of.objective_last:.4g}) than at the start"
    if of.endless and of.psnr_best <= of.psnr_start:
        return f"an objective without a best value led away from the reference, from {of.psnr_start:.1f} dB"
    return ""
