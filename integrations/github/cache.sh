#!/usr/bin/env bash
# Decide whether this job may use the cache of GitHub, and name its keys.
# WAKAGITOPS: the program. CACHE: the input of that name. DEFAULT_BRANCH: the name of that branch.
# Outputs: restore, save (true or false), tool-key, key.
#
# GitHub looks into the pull request's own scope first, where an earlier commit of it could have left a
# forged cache by a changed workflow. So only jobs of the default branch use the cache by default.
set -euo pipefail
# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/common.sh"

restore=false
save=false
case ${GITHUB_EVENT_NAME-} in
schedule) save=true ;; # GitHub runs it on the default branch only
push | workflow_dispatch)
    if [ -n "${DEFAULT_BRANCH-}" ] && [ "${GITHUB_REF-}" = "refs/heads/$DEFAULT_BRANCH" ]; then
        save=true
    fi
    ;;
pull_request)
    if [ "$CACHE" = pull-requests ]; then
        restore=true
    fi
    ;;
esac
case $CACHE in
default-branch | pull-requests) ;;
off) save=false ;;
*)
    echo "::error title=wakagitops::The input 'cache' is default-branch, pull-requests or off."
    exit 2
    ;;
esac
if [ "$save" = true ]; then
    restore=true
fi
tool=wakagitops-$(run_wakagitops cache key)
{
    echo "restore=$restore"
    echo "save=$save"
    echo "tool-key=$tool-"
    echo "key=$tool-${GITHUB_SHA-}-${GITHUB_RUN_ID-}-${GITHUB_RUN_ATTEMPT-}"
} >>"$GITHUB_OUTPUT"
