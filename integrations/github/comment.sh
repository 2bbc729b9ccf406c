#!/usr/bin/env bash
# Keep one comment on the pull request up to date: make it, change it, and make none about nothing.
# GH_TOKEN: may write the comment. PLAN: the file. IS_EMPTY: true where nothing changes.
# NUMBER: the pull request's.
set -euo pipefail

comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
# Only a bot's comment is ours: somebody else's could hold the marker too, and be changed by them later.
ours='.[] | select(.user.type == "Bot" and (.body | startswith("<!-- wakagitops-plan -->"))) | .id'

give_up() {
    # A pull request from a fork has a token that only reads; its plan stands in the summary.
    echo "::notice title=wakagitops::The plan could not be written as a comment; it is in the job's summary."
    exit 0
}

id=$(gh api --paginate "$comments?per_page=100" --jq "$ours") || give_up
id=${id%%$'\n'*}
if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$PLAN" || give_up
elif [ "$IS_EMPTY" != true ]; then
    gh api --silent --method POST "$comments" --field "body=@$PLAN" || give_up
fi
