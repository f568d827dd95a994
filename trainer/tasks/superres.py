"""Super-resolution by four: bicubic reduction with antialiasing."""

from trainer.degrade import enlarged, reduced
from trainer.networks import Superresolver
from trainer.tasks.restoration import Restoration

SUPERRES = Restoration(degrade=lambda clean, _: reduced(clean), network=Superresolver, shown=enlarged)
