#!/usr/bin/env bash
# Smoke test of the image on a machine with a GPU:
#
#   docker/smoke.sh
#
# makes a small kit, prepares it, trains 20 iterations of the paper's size on
# the GPU, none of them on the CPU, and makes a sound. Each step is a container
# of its own, as in use. What it writes is deleted.
set -euo pipefail

run=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/run.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

"$run" experiments.demo_kit --output_dir=kit --num=32
"$run" experiments.prepare_data --input_dir=kit --output_dir=data
"$run" experiments.train --data_dir=data --run_dir=run --require_gpu \
  --flagfile=paper --iterations=20 --precision=auto
"$run" experiments.generate --model=run --output_dir=sounds --num=1
echo "the image trains on the GPU"
