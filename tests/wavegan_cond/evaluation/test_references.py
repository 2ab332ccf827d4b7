"""How long classifiers are trained, whatever the store."""

from wavegan_cond.evaluation import references


def test_a_classifier_sees_as_many_sounds_of_any_store():
    epochs = references.epochs_for
    assert epochs(4711, 18_000) == 4
    assert epochs(100, 18_000) == references.EPOCHS
    assert epochs(9000, 18_000) == references.FEWEST
    assert epochs(9000, None) == references.EPOCHS
