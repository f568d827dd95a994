"""Super-resolution by four: bicubic reduction with antialiasing."""

from trainer.degrade import enlarged, reduced
from trainer.tasks.restoration import Restoration

SUPERRES = Restoration(degrade=lambda clean, _: reduced(clean), shown=enlarged)
