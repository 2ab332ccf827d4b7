#!/usr/bin/env bash
# Runs one of the project's commands in the image, on all GPUs:
#
#   docker/run.sh experiments.train --data_dir=drums --run_dir=runs/drums
#
# The current folder is mounted under its own path and is the working folder,
# so that paths below it mean the same inside and outside. What is written
# belongs to you. Settings, as environment variables:
#
#   WAVEGAN_DATA=DIR    one more folder, mounted read-only under its own path
#   WAVEGAN_GPUS=none   do without a GPU (default: all; see docker run --gpus)
#   WAVEGAN_IMAGE=NAME  the image (default: wavegan-cond)
set -euo pipefail

options=(
  --rm
  --user "$(id -u):$(id -g)"
  --volume "$PWD:$PWD"
  --workdir "$PWD"
  # Process 1 is then Docker's own small init: it passes SIGTERM on to Python,
  # also before Python asks for it, and buries the children it leaves.
  --init
  # By which NCCL talks between GPUs of one machine; Docker gives 64 MB.
  --shm-size 1g
  # `docker stop` waits this many seconds, enough to save a checkpoint.
  --stop-timeout 300
)
if [[ ${WAVEGAN_GPUS:=all} != none ]]; then
  options+=(--gpus "$WAVEGAN_GPUS")
fi
if [[ -n ${WAVEGAN_DATA:-} ]]; then
  data=$(cd "$WAVEGAN_DATA" && pwd)
  options+=(--volume "$data:$data:ro")
fi
if [[ ${1:-} == experiments.explore ]]; then
  options+=(--network host)  # its page is served to this machine alone
fi
if [[ -t 0 && -t 1 ]]; then
  options+=(--interactive --tty)
fi
exec docker run "${options[@]}" "${WAVEGAN_IMAGE:-wavegan-cond}" "$@"
