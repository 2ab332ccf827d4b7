"""The objectives, as functions of scores (paper section 2, equations 1 and 2).

D is the critic, x a real sound, g a generated one. With f(x) = x (wgan-gp,
wgan) the critic minimises E[D(g)] - E[D(x)] and the generator -E[D(g)]. With
f(x) = -log(1 + exp(-x)) (logistic) the critic minimises
E[-f(D(x))] + E[-f(-D(g))]; the generator takes the form that does not saturate,
E[-f(D(g))] (Goodfellow et al. 2014, section 3). Pure Keras 3.
"""

from keras import ops

from wavegan_cond.model.tensor import Tensor

ROOT_EPSILON = 1e-12  # under the root: its gradient at 0 is infinite


def critic_loss(real_scores: Tensor, fake_scores: Tensor, loss: str) -> Tensor:
    """Returns what the critic minimises, without the penalty: a scalar.

    Args:
      real_scores: D(x), [B, 1].
      fake_scores: D(g), [B, 1].
      loss: a name of ``config.LOSSES``.
    """
    if loss == "logistic":
        return ops.mean(ops.softplus(-real_scores)) + ops.mean(
            ops.softplus(fake_scores)
        )
    return ops.mean(fake_scores) - ops.mean(real_scores)


def generator_loss(fake_scores: Tensor, loss: str) -> Tensor:
    """Returns what the generator minimises: a scalar.

    Args:
      fake_scores: D(g), [B, 1].
      loss: a name of ``config.LOSSES``.
    """
    if loss == "logistic":
        return ops.mean(ops.softplus(-fake_scores))
    return -ops.mean(fake_scores)


def gradient_penalty(gradient: Tensor) -> Tensor:
    """Returns E[(||gradient||_2 - 1)^2], a scalar (Gulrajani et al. 2017).

    Args:
      gradient: of the score by the sound, [B, T, C]; the norm is over T and C.
    """
    squares = ops.sum(ops.square(ops.cast(gradient, "float32")), axis=(1, 2))
    norm = ops.sqrt(squares + ROOT_EPSILON)  # [B]
    return ops.mean(ops.square(norm - 1.0))


def interpolate(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Returns real + mix (fake - real), [B, T, channels]; mix is [B, 1, 1]."""
    return real + mix * (fake - real)
