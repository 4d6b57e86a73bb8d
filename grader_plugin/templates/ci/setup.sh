#!/usr/bin/env bash
# Installs the grader in Gradescope's image: zip this file and run_autograder. docs/ci.md of the kit tells the rest.
set -euo pipefail

GRADER="git+https://example.org/OWNER/KIT@COMMIT" # the kit as you keep it, at a commit

apt-get update
apt-get install -y --no-install-recommends python3 python3-venv git
mkdir -p /opt/grading
cd /opt/grading
python3 -I -m venv grader
grader/bin/python -I -m pip install --quiet uv==0.13.9
# shellcheck disable=SC2086 # it may be several
grader/bin/uv pip install --python grader/bin/python --torch-backend cpu $GRADER torch==2.13.0 torchvision==0.28.0
