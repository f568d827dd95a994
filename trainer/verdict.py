"""What following an objective led to: recovers, artefacts or diverges, by a rule with its numbers.

The published comparison judged recovered pictures by eye. The rule here is ours, and deliberately plain:

1. *diverges*, where more than one step in a hundred (and more than twenty) was not finite;
2. *recovers*, where the best picture has a PSNR of at least 35 dB and an MS-SSIM of at least 0.99 (where it is large
   enough for one): hardly anybody would tell it from the reference, and no coarse JPEG is so near;
3. *artefacts*, where the objective came at least half-way from its value at the start to its value at the reference:
   it is content, or nearly so, with a picture that is not the reference;
4. *diverges* otherwise: the steps did not even lead to what the objective asks for.

"Best" is the picture under which the objective was lowest, whatever it looks like.
"""

from dataclasses import dataclass

from app.jobs.contract import Verdict

PSNR, MS_SSIM = 35.0, 0.99
HALFWAY = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers that decide."""

    objective_start: float
    objective_best: float
    objective_reference: float
    psnr_best: float  # dB
    ms_ssim_best: float | None  # None where the picture is too small for it
    steps: int
    skipped: int
    falling: bool = False  # whether the objective still fell by more than a tenth over the last tenth of the steps

    @property
    def way(self) -> float:
        """The share of the way from the objective at the start to that at the reference; above 1 beyond it."""
        whole = self.objective_start - self.objective_reference
        return (self.objective_start - self.objective_best) / whole if whole > 0 else 1.0


def too_many(skipped: int, steps: int) -> bool:
    """Whether so many steps were not finite that the rest is not worth doing."""
    return skipped > max(20, steps // 100)


def verdict(of: Evidence) -> tuple[Verdict, str]:
    """The verdict, and the sentence that says which part of the rule decided."""
    alike = f"PSNR {of.psnr_best:.1f} dB"
    if of.ms_ssim_best is not None:
        alike += f" and MS-SSIM {of.ms_ssim_best:.4f}"
    wanted = f"{PSNR:.0f} dB" + ("" if of.ms_ssim_best is None else f" and {MS_SSIM}")
    way = f"the objective came {100 * of.way:.0f} % of the way to its value at the reference"
    more = " It was still falling: more steps may lead further." if of.falling else ""
    if too_many(of.skipped, of.steps):
        return Verdict.DIVERGES, f"{of.skipped} of {of.steps} steps were not finite."
    if of.psnr_best >= PSNR and (of.ms_ssim_best is None or of.ms_ssim_best >= MS_SSIM):
        return Verdict.RECOVERS, f"{alike} of the best picture reach {wanted}; {way}."
    if of.way >= HALFWAY:
        return Verdict.ARTEFACTS, f"{alike} of the best picture do not reach {wanted}, although {way}.{more}"
    return Verdict.DIVERGES, f"{alike} of the best picture do not reach {wanted}, and {way}.{more}"
