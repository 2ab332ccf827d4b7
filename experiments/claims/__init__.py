"""The paper's claims, each confirmed or refuted by trainings of its own."""
