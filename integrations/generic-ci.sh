#!/bin/sh
# wakagitops in any CI: run this at the root of a settings repository.
#   BASE      the revision to compare with, such as origin/main; empty for no plan. The policy
#             (wakagitops.toml, the baseline) is taken from it too, since the author of a change
#             could loosen the one beside it
#   REPORTS   the folder of the reports (default: reports)
#   OUT       the folder of the deployment (default: dist); empty to render nothing
#   ALLOW_MASS_CHANGE, ALLOW_POLICY_CHANGE   true lets such a change pass
# Exit status: that of the first step that failed, after every step had its say.
# Copy this file to where CI keeps its own scripts: one that is run from the checkout can be changed by
# the change that it judges.
set -eu

# Nothing of the checkout may run: Python gets no import path from the environment or this folder.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP
export PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1

here=$(pwd -P)
program=$(command -v wakagitops) || {
    echo 'generic-ci.sh: wakagitops is not installed, or not on PATH' >&2
    exit 4
}
folder=$(cd "$(dirname "$program")" && pwd -P)
case $folder/ in
"$here"/*)
    echo "generic-ci.sh: $program lies in the checkout, where a change could bring its own;" \
        "install wakagitops outside of $here" >&2
    exit 2
    ;;
esac
program=$folder/$(basename "$program")

base=${BASE-}
# Where git does not know the revision, the findings are reported all the same, and the plan fails.
policy=$base
git -c safe.bareRepository=explicit rev-parse --quiet --verify "$base^{commit}" >/dev/null 2>&1 || policy=
reports=${REPORTS-reports}
out=${OUT-dist}
mkdir -p "$reports" || exit 4
failed=0

# Run a step; keep the status of the first that fails.
step() {
    status=0
    "$program" "$@" || status=$?
    [ "$failed" -ne 0 ] || failed=$status
}

step validate ${policy:+"--policy-from=$policy"} \
    --output "json=$reports/findings.json" \
    --output "sarif=$reports/findings.sarif" \
    --output "junit=$reports/findings.xml" \
    --output "html=$reports/findings.html"

if [ -n "$base" ]; then
    set -- "--base=$base" "--policy-from=$base" --output "markdown=$reports/plan.md"
    if [ "${ALLOW_MASS_CHANGE-}" = true ]; then
        set -- "$@" --allow-mass-change
    fi
    if [ "${ALLOW_POLICY_CHANGE-}" = true ]; then
        set -- "$@" --allow-policy-change
    fi
    step plan "$@"
fi

if [ "$failed" -eq 0 ] && [ -n "$out" ]; then
    step render ${policy:+"--policy-from=$policy"} --out "$out"
fi
exit "$failed"
