"""In twice the digits on the way."""


def layer_norm(x, weight, bias, eps=1e-5):
    wide = x.double()
    centred = wide - wide.mean(-1, keepdim=True)
    scaled = centred / (centred.pow(2).mean(-1, keepdim=True) + eps) ** 0.5
    return (scaled * weight + bias).to(x.dtype)
