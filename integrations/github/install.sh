#!/usr/bin/env bash
# Install wakagitops from the action's own checkout, apart from whatever Python the job uses.
# PYTHON: the interpreter. Output: wakagitops, the path of the program.
set -euo pipefail

"$PYTHON" -m venv "$RUNNER_TEMP/wakagitops"
"$RUNNER_TEMP/wakagitops/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint "$GITHUB_ACTION_PATH/constraints.txt" "$GITHUB_ACTION_PATH"
echo "wakagitops=$RUNNER_TEMP/wakagitops/bin/wakagitops" >>"$GITHUB_OUTPUT"
