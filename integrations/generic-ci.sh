#!/bin/sh
# wakagitops in any CI: run this at the root of a settings repository.
#   BASE      the revision to compare with, such as origin/main; empty for no plan
#   REPORTS   the folder of the reports (default: reports)
#   OUT       the folder of the deployment (default: dist); empty to render nothing
# Exit status: that of the first step that failed, after every step had its say.
set -u

reports=${REPORTS-reports}
out=${OUT-dist}
mkdir -p "$reports" || exit 4
failed=0

wakagitops validate \
    --output "json=$reports/findings.json" \
    --output "sarif=$reports/findings.sarif" \
    --output "junit=$reports/findings.xml" \
    --output "html=$reports/findings.html" || failed=$?

if [ -n "${BASE-}" ]; then
    wakagitops plan --base "$BASE" --output "markdown=$reports/plan.md" || {
        status=$?
        [ "$failed" -ne 0 ] || failed=$status
    }
fi

if [ "$failed" -eq 0 ] && [ -n "$out" ]; then
    wakagitops render --out "$out" || failed=$?
fi
exit "$failed"
