#!/usr/bin/env bash
# Check the settings: annotations on the changed lines, the step summary, and a SARIF file.
# WAKAGITOPS: the program. CONFIG: wakagitops.toml, or empty. ARGUMENTS: more flags.
# Outputs: status, and sarif where the file was written. The last step of the action fails the job.
set -euo pipefail

flags=(--format github --output "sarif=$RUNNER_TEMP/wakagitops.sarif")
if [ -n "$CONFIG" ]; then
    flags+=(--config "$CONFIG")
fi
read -r -d '' -a more <<<"$ARGUMENTS" || true

rm -f "$RUNNER_TEMP/wakagitops.sarif"
status=0
"$WAKAGITOPS" validate "${flags[@]}" "${more[@]}" || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
if [ -f "$RUNNER_TEMP/wakagitops.sarif" ]; then
    echo "sarif=$RUNNER_TEMP/wakagitops.sarif" >>"$GITHUB_OUTPUT"
fi
