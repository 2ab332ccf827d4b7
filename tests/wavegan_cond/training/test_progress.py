"""The progress bar of a run."""

from wavegan_cond.training.progress import Progress


def test_the_rate_is_without_the_iterations_that_compile(monkeypatch, capsys):
    now = [1000.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    logs = {"wasserstein": 1.0, "penalty": 0.1, "spread": 1.0}
    progress = Progress(0, 1000)

    def go(seconds, iteration):
        now[0] += seconds
        progress(iteration, logs)
        return capsys.readouterr().err

    for start, each, left in ((0, 1, "16:31"), (10, 4, "1:05:24")):
        progress.begin_stage()
        assert "first iteration compiles" in capsys.readouterr().err
        assert "?it/s" in go(300, start + 1)
        for iteration in range(start + 2, start + 10):
            shown = go(each, iteration)
        assert f"<{left}," in shown
        assert "compiles" not in shown
    progress.close()
