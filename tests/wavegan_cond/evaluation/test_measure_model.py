"""How long classifiers are trained."""

from wavegan_cond.evaluation import measure_model


def test_a_classifier_sees_as_many_sounds_of_any_store():
    epochs = measure_model.epochs_for
    assert epochs(4711, 18_000) == 4
    assert epochs(100, 18_000) == measure_model.EPOCHS
    assert epochs(9000, 18_000) == measure_model.FEWEST
    assert epochs(9000, None) == measure_model.EPOCHS
