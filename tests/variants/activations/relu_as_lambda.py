"""relu is a name for a lambda."""

import torch

relu = lambda x: torch.where(x.ge(0), x, torch.zeros_like(x))  # noqa: E731
