#!/usr/bin/env bash
# Fail the job where a step before found a reason; so that every step had its say first.
# VALIDATE, PLAN: the exit statuses of the two commands; empty where a step did not run.
# PLAN_INPUT: the input of that name. EVENT: what started the job.
# Without a status nothing was looked at, and that is never a success.
set -euo pipefail

# Fail unless a text is an exit status.
require_status() {
    if [[ ! $2 =~ ^(0|[1-9][0-9]{0,2})$ ]] || [ "$2" -gt 255 ]; then
        echo "::error title=wakagitops::$1 did not run to its end, so the settings count as not checked."
        exit 4
    fi
}

require_status 'wakagitops validate' "${VALIDATE-}"
if [ "$VALIDATE" -ne 0 ]; then
    exit "$VALIDATE"
fi
case ${PLAN_INPUT-true} in
[Tt][Rr][Uu][Ee]) wants_plan=yes ;;
[Ff][Aa][Ll][Ss][Ee]) wants_plan=no ;;
*)
    echo "::error title=wakagitops::The input 'plan' is either true or false."
    exit 2
    ;;
esac
if [ -n "${PLAN-}" ] || { [ "${EVENT-}" = pull_request ] && [ "$wants_plan" = yes ]; }; then
    require_status 'wakagitops plan' "${PLAN-}"
    exit "$PLAN"
fi
