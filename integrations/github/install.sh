#!/usr/bin/env bash
# Install wakagitops from the action's own checkout, in a virtual environment of its own.
# PYTHON: the interpreter. Output: wakagitops, the path of the program.
set -euo pipefail
# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/common.sh"

# Python and pip read files of the current directory, which is the checkout of a pull request.
cd "$RUNNER_TEMP"
"$PYTHON" -I -m venv "$RUNNER_TEMP/wakagitops"
"$RUNNER_TEMP/wakagitops/bin/python" -I -m pip install --quiet --disable-pip-version-check \
    --constraint "$GITHUB_ACTION_PATH/constraints.txt" "$GITHUB_ACTION_PATH"
echo "wakagitops=$RUNNER_TEMP/wakagitops/bin/wakagitops" >>"$GITHUB_OUTPUT"
