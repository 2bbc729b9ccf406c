"""Where pipelines and hooks install this tool from: a pinned requirement, or none that is known."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement

from wakagitops.core.errors import UsageError
from wakagitops.core.messages import msg

NAME = "wakagitops"
_SCHEMES = ("git+https", "git+ssh", "git+file")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_HASH = re.compile(r"--hash=sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})", re.ASCII)
_SAFE = re.compile(r"[!#%&'()*+,./0-9:;<=>?@A-Z\[\]_a-z~ \"-]+", re.ASCII)
"""What stands in a workflow as it is: no ``$`` and ``{``, which CI services expand, and no backslash."""


@dataclass(frozen=True)
class InstallSource:
    """What pip installs, and the repository that it comes from."""

    lines: tuple[str, ...] = ()
    """Lines of a requirements file; empty where no pinned source is known."""
    repository: str = ""
    """The URL of the git repository; empty for a package index."""
    commit: str = ""
    """The full commit of the repository."""


def installed_source(record: str | None = None) -> InstallSource:
    """Return the git commit that the running tool was installed from; an empty source otherwise.

    Args:
        record: the record of a direct installation (PEP 610); the installed one where it is left out.
    """
    if record is None:
        with suppress(metadata.PackageNotFoundError):
            record = metadata.distribution(NAME).read_text("direct_url.json")
    with suppress(ValueError, KeyError, TypeError, AttributeError, UsageError):
        installed = json.loads(record or "")
        vcs, commit = installed["vcs_info"]["vcs"], installed["vcs_info"]["commit_id"]
        url = _without_credentials(installed["url"])
        folder = installed.get("subdirectory")
        # A path of this machine is no source for CI.
        if vcs == "git" and urlsplit(url).scheme in {"https", "ssh"}:
            fragment = f"#subdirectory={folder}" if folder else ""
            return parse_install_source([f"{NAME} @ git+{url}@{commit}{fragment}"])
    return InstallSource()


def parse_install_source(texts: Sequence[str]) -> InstallSource:
    """Read the values of ``--install-from``.

    Args:
        texts: one git requirement, or all lines of an installation in which each package has a hash.

    Raises:
        UsageError: a requirement is not pinned, or it cannot stand in a workflow.
    """
    texts = [" ".join(text.split(" ")).strip() for text in texts]
    for text in texts:
        if _has_credentials(text):
            message = msg(
                "--install-from holds a user or a password, which a workflow would publish: write "
                "the URL without it"
            )
            raise UsageError(message)
        if not _SAFE.fullmatch(text):
            raise UsageError(
                msg("--install-from {text}: it is empty or holds characters that CI expands", text=text)
            )
    if any("://" in text for text in texts):
        if len(texts) > 1:
            raise UsageError(msg("--install-from is given once for a git repository"))
        return _git_source(texts[0])
    names = {_hashed_name(text) for text in texts}
    if NAME not in names:
        raise UsageError(msg("no --install-from names the package wakagitops"))
    return InstallSource(tuple(texts))


def _git_source(text: str) -> InstallSource:
    name, separator, url = text.partition(" @ ")
    if not separator:
        name, url = NAME, text
    if name.strip() != NAME:
        raise UsageError(
            msg(
                "--install-from {text}: the package is wakagitops, as in `wakagitops @ {url}`",
                text=text,
                url=url,
            )
        )
    url = url.strip()
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.netloc or " " in url or '"' in url:
        advice = f"git+https://{parts.netloc or 'HOST'}{parts.path}".partition(" ")[0]
        raise UsageError(
            msg(
                "--install-from {text}: expected the URL of a git repository over https or ssh, as in "
                "`{advice}`, with `@` and the full commit behind it",
                text=text,
                advice=advice,
            )
        )
    path, at, commit = parts.path.rpartition("@")
    if not at:
        path, commit = parts.path, ""
    repository = urlunsplit((parts.scheme.removeprefix("git+"), parts.netloc, path, "", ""))
    if not _COMMIT.fullmatch(commit):
        message = msg(
            "--install-from {text}: a branch, a tag or a short commit can move; write `@` and the full "
            "commit, which `git ls-remote {repository} {revision}` prints",
            text=text,
            repository=repository,
            revision=commit or "HEAD",
        )
        raise UsageError(message)
    return InstallSource((f"{NAME} @ {url}",), "" if parts.fragment else repository, commit)


def _hashed_name(text: str) -> str:
    """Return the package of a line ``name==version --hash=…``.

    Raises:
        UsageError: the version is not exact, or there is no hash.
    """
    head, *hashes = text.split(" --hash")
    with suppress(InvalidRequirement):
        requirement = Requirement(head)
        exact = [item for item in requirement.specifier if item.operator in {"==", "==="}]
        is_pinned = len(exact) == len(requirement.specifier) == 1 and "*" not in exact[0].version
        if is_pinned and hashes and all(_HASH.fullmatch(f"--hash{item}".strip()) for item in hashes):
            return requirement.name.lower()
    raise UsageError(
        msg(
            "--install-from {text}: expected a git repository with a full commit, or an exact version "
            "with its hash: `name==version --hash=sha256:…`, once for wakagitops and for each package "
            "that it needs; `pip hash FILE` prints a hash",
            text=text,
        )
    )


def _has_credentials(text: str) -> bool:
    """True if a URL names a user; a bare user of ssh, as in ``ssh://git@``, is no secret."""
    return any(
        user and (":" in user or not scheme.endswith("ssh"))
        for scheme, user in re.findall(r"([\w+.-]*)://([^/?#\s]*)@", text)
    )


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    if _has_credentials(url):
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return urlunsplit(parts)
