"""Installs the three packages: ``pip install -e .`` or ``.[test]``."""

from setuptools import find_packages, setup

# For experiments.export --formats=onnx: the format, what writes it of a
# TensorFlow graph, and what plays it to check what was written (40 MB).
FORMATS = ["onnx>=1.17", "tf2onnx>=1.16.1", "onnxruntime>=1.20"]

setup(
    name="wavegan-cond",
    version="0.1.0",
    description="Label-conditioned WaveGAN for drum one-shots (Keras 3)",
    long_description=open("README.md", encoding="utf-8").read(),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.10,<3.13",
    packages=find_packages(
        include=["wavegan_cond*", "data_prep*", "experiments*"]
    ),
    package_data={
        "experiments": [
            "configs/*.flags",
            "results/**/*",
            "common/*.html",
            "common/*.css",
            "common/*.js",
            "explore/page/*",
            "explore/static/*",
        ]
    },
    install_requires=[
        # 2.16.2 is the first TensorFlow whose tf.distribute works with a
        # custom Keras 3 train_step; 2.21 is the newest one tested.
        "tensorflow>=2.16.2,<2.22",
        # 3.8 fixes seeds and loss scaling under tf.distribute.
        "keras>=3.8,<4",
        # TensorFlow 2.21 no longer brings TensorBoard.
        "tensorboard>=2.16",
        # Last release. Only its pure TensorFlow functions are used, which
        # load on every TensorFlow above.
        "tensorflow-io==0.37.1",
        "numpy>=1.26,<3",
        "librosa>=0.10.2,<2",
        "soxr>=0.5",  # the band-limited resampler librosa calls
        "soundfile>=0.13",
        # Both come with librosa; the measures call them.
        "scipy>=1.11",
        "scikit-learn>=1.3",
        "threadpoolctl>=3.1",  # scikit-learn brings it
        "absl-py>=2.1",
        "matplotlib>=3.8",
        "pillow>=10",  # matplotlib brings it; it writes a page's pictures
        "tqdm>=4.66",
        # The instrument's local page: a small server, in Python alone.
        "starlette>=1,<2",
        "uvicorn>=0.29",
    ],
    extras_require={
        # CUDA and cuDNN, of the TensorFlow above.
        "gpu": ["tensorflow[and-cuda]"],
        "formats": FORMATS,
        # Each minor release of ruff may format differently.
        "test": [
            "pytest>=8",
            "pytest-xdist>=3.8",  # keeps the order of files
            "ruff>=0.17,<0.18",
            "httpx2>=2",  # behind starlette's client of tests
            "selenium>=4.20",  # drives a browser, where one is installed
            "mido>=1.3",  # reads the MIDI files that the page writes
            "sfzlint>=0.1.4",  # reads the SFZ files of kits
            *FORMATS,
        ],
    },
)
