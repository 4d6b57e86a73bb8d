"""sorted is stable, so the first of equals stays first; statistics.mean."""

import math
from statistics import mean


def fastest(histories):
    sound = {
        name: list(curve) for name, curve in histories.items() if not any(not math.isfinite(x) for x in curve)
    }
    if len(sound) == 0 or min(map(len, sound.values())) == 0:
        raise ValueError
    length = min(map(len, sound.values()))
    return sorted(sound, key=lambda name: mean(sound[name][:length]))[0]
