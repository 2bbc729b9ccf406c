#!/usr/bin/env bash
# Fail the job where a step before found a reason; so that every step had its say first.
# VALIDATE, PLAN: their exit statuses; empty where a step did not run.
set -euo pipefail

if [ "${VALIDATE:-4}" -ne 0 ]; then
    exit "${VALIDATE:-4}"
fi
exit "${PLAN:-0}"
