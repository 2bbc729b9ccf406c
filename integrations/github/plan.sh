#!/usr/bin/env bash
# Write into the step summary what a pull request does to the shops.
# WAKAGITOPS: the program. CONFIG: wakagitops.toml, or empty.
# BASE: the commit of the base branch to compare with, and whose policy holds.
# ALLOW_MASS_CHANGE, ALLOW_POLICY_CHANGE: true where the brake does not stop such a change.
# Outputs: status, plan (the file), is-empty.
set -euo pipefail
# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/common.sh"

base=
if ! find_base "${BASE:?}"; then
    echo "status=2" >>"$GITHUB_OUTPUT"
    exit 0
fi

plan=$RUNNER_TEMP/wakagitops-plan.md
json=$RUNNER_TEMP/wakagitops-plan.json
errors=$RUNNER_TEMP/wakagitops-plan.err
policy=()
set_policy "$base"
flags=(--base "$base" "${policy[@]}" --format json --output "markdown=$plan")
if [ "$ALLOW_MASS_CHANGE" = true ]; then
    flags+=(--allow-mass-change)
fi
if [ "${ALLOW_POLICY_CHANGE-}" = true ]; then
    flags+=(--allow-policy-change)
fi

rm -f "$plan"
status=0
run_wakagitops plan "${flags[@]}" >"$json" 2>"$errors" || status=$?
print_inert "$errors"
if [ "$status" -eq 0 ] && [ ! -f "$plan" ]; then
    echo "::error title=wakagitops::The plan was not written."
    status=4
fi
echo "status=$status" >>"$GITHUB_OUTPUT"
if [ -f "$plan" ]; then
    cat "$plan" >>"$GITHUB_STEP_SUMMARY"
    is_empty=$("$(dirname "$WAKAGITOPS")/python" -I - "$json" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    plan = json.load(file)
counts = (count for name, count in plan["summary"].items() if name != "shops")
lists = (plan["policy"], *plan["findings"].values(), *plan["shared_files"].values())
print("false" if any(counts) or any(lists) else "true")
PYTHON
    )
    {
        echo "plan=$plan"
        echo "is-empty=$is_empty"
    } >>"$GITHUB_OUTPUT"
fi
