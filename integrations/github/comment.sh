#!/usr/bin/env bash
# Keep one comment on the pull request up to date: make it, change it, and make none about nothing.
# GH_TOKEN: may write the comment. PLAN: the file. IS_EMPTY: true where nothing changes.
# NUMBER: the pull request's.
set -euo pipefail

marker='<!-- wakagitops-plan -->'
comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
# Only a bot's comment counts: somebody else's could hold the marker too, and be changed by them later.
ours='.[] | select(.user.type == "Bot" and (.body | startswith("<!-- wakagitops-plan -->"))) | .id'

give_up() {
    # A pull request from a fork has a token that only reads; its plan stands in the summary.
    echo "::notice title=wakagitops::The plan could not be written as a comment; it is in the job's summary."
    exit 0
}

if [ "$(head -n 1 "$PLAN")" != "$marker" ]; then
    echo "::error title=wakagitops::The plan does not begin with its marker, so it is not posted."
    exit 4
fi
# gh asks github.com unless it is given another host.
server=${GITHUB_SERVER_URL-https://github.com}
export GH_HOST=${server#*://}
id=$(gh api --paginate "$comments?per_page=100" --jq "$ours") || give_up
id=${id%%$'\n'*}
if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$PLAN" || give_up
elif [ "$IS_EMPTY" != true ]; then
    gh api --silent --method POST "$comments" --field "body=@$PLAN" || give_up
fi
