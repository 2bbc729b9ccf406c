#!/usr/bin/env bash
# Say in the step summary what a pull request does to the shops.
# WAKAGITOPS: the program. CONFIG: wakagitops.toml, or empty. BASE: the commit to compare with.
# ALLOW_MASS_CHANGE: true lets the brake go. Outputs: status, plan (the file), is-empty.
set -euo pipefail

if ! git cat-file -e "$BASE^{commit}" 2>/dev/null; then
    if ! git fetch --quiet --no-tags --depth=1 origin "$BASE"; then
        echo "::error title=wakagitops::The plan needs the commit $BASE: give actions/checkout fetch-depth 0."
        echo "status=2" >>"$GITHUB_OUTPUT"
        exit 0
    fi
fi

flags=(--base "$BASE" --format json --output "markdown=$RUNNER_TEMP/wakagitops-plan.md")
if [ -n "$CONFIG" ]; then
    flags+=(--config "$CONFIG")
fi
if [ "$ALLOW_MASS_CHANGE" = true ]; then
    flags+=(--allow-mass-change)
fi

rm -f "$RUNNER_TEMP/wakagitops-plan.md"
status=0
"$WAKAGITOPS" plan "${flags[@]}" >"$RUNNER_TEMP/wakagitops-plan.json" || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
if [ -f "$RUNNER_TEMP/wakagitops-plan.md" ]; then
    cat "$RUNNER_TEMP/wakagitops-plan.md" >>"$GITHUB_STEP_SUMMARY"
    is_empty=$("$(dirname "$WAKAGITOPS")/python" - "$RUNNER_TEMP/wakagitops-plan.json" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    summary = json.load(file)["summary"]
print("false" if any(count for name, count in summary.items() if name != "shops") else "true")
PYTHON
    )
    {
        echo "plan=$RUNNER_TEMP/wakagitops-plan.md"
        echo "is-empty=$is_empty"
    } >>"$GITHUB_OUTPUT"
fi
