# shellcheck shell=bash
# What the scripts beside it share. A script sources it from the action's own checkout.
#
# The scripts run in the checkout of a pull request: nothing in that folder may run. So Python gets no
# import path from the environment or the current directory, and the text of other programs is printed
# so that the runner obeys no workflow command in it.

unset PYTHONPATH PYTHONHOME PYTHONSTARTUP
export PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1

# The cache is the job's own. The user's folder may keep what another job of this machine left there.
export WAKAGITOPS_CACHE_DIR="$RUNNER_TEMP/wakagitops-cache"

# Run the installed wakagitops. WAKAGITOPS: the path of the program.
run_wakagitops() {
    "$(dirname "$WAKAGITOPS")/python" -I "$WAKAGITOPS" "$@"
}

# Print a file without letting the runner read workflow commands in it.
print_inert() {
    local token
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$token"
    cat "$1"
    printf '\n::%s::\n' "$token"
}

# Run git. A folder of the repository that looks like a bare repository never answers for the real one.
run_git() {
    git -c safe.bareRepository=explicit "$@"
}

# Set `base`, the commit of the base branch, and make it available in a shallow checkout.
# Return 1, after an error message, where it cannot be had.
# $1: the base commit as the event says it, which may be older than what the pull request is merged into.
find_base() {
    base=$1
    if [ "${GITHUB_EVENT_NAME-}" = pull_request ] &&
        [ "$(run_git rev-parse HEAD)" = "${GITHUB_SHA-}" ] &&
        run_git rev-parse --quiet --verify 'HEAD^2' >/dev/null; then
        # GitHub made this merge commit, and its first parent is the tip of the base branch.
        base=$(run_git rev-parse 'HEAD^1')
    fi
    if run_git cat-file -e "$base^{commit}" 2>/dev/null; then
        return 0
    fi
    if ! run_git fetch --quiet --no-tags --no-recurse-submodules --depth=1 origin "$base"; then
        echo "::error title=wakagitops::The commit $base is missing: give actions/checkout fetch-depth 0."
        return 1
    fi
}

# Set `policy`, the flags that say where the policy comes from. CONFIG: wakagitops.toml, or empty.
# $1: the commit of the base branch, which the author of a pull request cannot write.
set_policy() {
    if [ -n "$CONFIG" ]; then
        policy+=(--config "$CONFIG")
        case /$CONFIG/ in
        *//* | */./* | */../*) ;; # wakagitops judges these itself
        *)
            if run_git cat-file -e "$1^{commit}" 2>/dev/null && ! run_git cat-file -e "$1:$CONFIG" 2>/dev/null
            then
                # Only owners can name the file before they merge it; there is no other policy yet.
                echo "::warning title=wakagitops::The base branch has no file that the input 'config' names," \
                    "so the policy is that of the pull request."
                return 0
            fi
            ;;
        esac
    fi
    policy+=(--policy-from "$1")
}
