#!/usr/bin/env bash
# Check the settings: annotations on the changed lines, the step summary, and a SARIF file.
# WAKAGITOPS: the program. CONFIG: wakagitops.toml, or empty. ARGUMENTS: more flags.
# BASE: the commit of the base branch whose policy holds; empty where there is no pull request.
# Outputs: status, and sarif where the file was written. The last step of the action fails the job.
set -euo pipefail
# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/common.sh"

sarif=$RUNNER_TEMP/wakagitops.sarif
errors=$RUNNER_TEMP/wakagitops-validate.err
flags=(--format github --output "sarif=$sarif")
if [ -n "${BASE-}" ]; then
    # Without the commit, the program ends with the status of an unknown revision.
    base=
    find_base "$BASE" || true
    policy=()
    set_policy "$base"
    flags+=("${policy[@]}")
elif [ -n "$CONFIG" ]; then
    flags+=(--config "$CONFIG")
fi
read -r -d '' -a more <<<"$ARGUMENTS" || true

rm -f "$sarif"
status=0
run_wakagitops validate "${flags[@]}" ${more[@]+"${more[@]}"} 2>"$errors" || status=$?
print_inert "$errors"
if [ "$status" -eq 0 ] && [ ! -f "$sarif" ]; then
    echo "::error title=wakagitops::Nothing was checked: the input 'arguments' stops before that."
    status=4
fi
echo "status=$status" >>"$GITHUB_OUTPUT"
if [ -f "$sarif" ]; then
    echo "sarif=$sarif" >>"$GITHUB_OUTPUT"
fi
