"""``fleet/stray-file``: what lies below the root is a settings file, or plainly something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wakagitops.core.diagnostic import Severity
from wakagitops.core.globs import Globs
from wakagitops.core.messages import Message, msg
from wakagitops.core.rule import Example, Finding, Option, Rule, Scope
from wakagitops.core.typed import Any
from wakagitops.settings.strays import Stray, patterned
from wakagitops.settings.views import TreeView
from wakagitops.sources.trees import MAX_FOLDER_BYTES


def check(tree: TreeView, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each stray that no pattern allows."""
    allowed = Globs(options["allow"])
    for stray in tree.strays:
        # Defaults are read all the same, so no pattern makes two files of them unambiguous.
        if stray.kind == "defaults" or not any(map(allowed.match, patterned(stray.path, stray.kind))):
            yield Finding("", _message(stray), help=_advice(stray), shop=stray.path)


def _message(stray: Stray) -> Message:
    name = stray.path.rpartition("/")[2]
    match stray.kind:
        case "name":
            return msg(
                "{name} is not checked: the name of a settings file ends in .yaml or .yml, in lower "
                "case",
                name=name,
            )
        case "underscore":
            return msg("{name} is not checked: no shop's file begins with an underscore", name=name)
        case "hidden":
            return msg("{path} is not checked: no shop's file or folder is hidden", path=stray.path)
        case "link":
            return msg("{name} is not checked: it is a symlink, and no symlink is followed", name=name)
        case "folder":
            return msg("{name} is a folder with the name of a settings file", name=name)
        case "special":
            return msg("{name} is not checked: it is no regular file", name=name)
        case "defaults" | "repository" | "deep":
            return _message_of_folder(stray)


def _message_of_folder(stray: Stray) -> Message:
    """Return what is wrong with a folder, or with the files that it holds together."""
    if stray.kind == "defaults":
        return msg(
            "{name} is beside {other}: a folder has one file of defaults",
            name=stray.path.rpartition("/")[2],
            other=stray.beside.rpartition("/")[2],
        )
    if stray.kind == "repository":
        return msg(
            "{path} is a git repository of its own (a submodule or a clone): git keeps only the id "
            "of its commit, and none of its shops",
            path=stray.path,
        )
    return msg(
        "this folder is not checked: its path is longer than {limit} bytes", limit=MAX_FOLDER_BYTES
    )


def _advice(stray: Stray) -> Message:
    if stray.kind == "defaults":
        return msg(
            "Move its settings to {path}, where they are not set already, and delete it.",
            path=stray.beside,
        )
    if stray.beside:
        return msg(
            "Remove it, since {path} is there. To keep it, add {name} to `allow` of this rule.",
            path=stray.beside,
            name=stray.path,
        )
    match stray.kind:
        case "name" | "underscore" | "hidden":
            return msg(
                "Rename it to {better} if it is a shop. To keep it, add {name} to `allow` of this rule.",
                better=_better(stray.path),
                name=stray.path,
            )
        case "folder":
            return msg("Rename the folder, such as to {better}.", better=_stem(stray.path))
        case "repository":
            return msg(
                "Commit its files here in place of it. To keep it, add {name} to `allow` of this rule.",
                name=stray.path,
            )
        case "deep":
            return msg("Move the shops in it to a folder with a shorter path, or remove it.")
        case _:
            return msg(
                "Put the file itself there. To keep it, add {name} to `allow` of this rule.",
                name=stray.path,
            )


def _better(path: str) -> str:
    """Return the name that a shop's file could have in place of a stray's."""
    folder = "/".join(part.lstrip(".") for part in _stem(path).split("/"))
    return f"{folder}.yaml"


def _stem(path: str) -> str:
    above, slash, name = path.rpartition("/")
    stem = name.lstrip("._").partition(".")[0].strip()
    return f"{above}{slash}{stem or 'imprenta-sol'}"


_SHOP = "shop: imprenta-sol   # expect: fleet/stray-file\n"
_SOUND = "shop: imprenta-luna\n"

RULE = Rule(
    severity=Severity.ERROR,
    scope=Scope.TREE,
    summary=msg("A file below the root is no settings file"),
    rationale=msg(
        "Only files whose names end in .yaml or .yml are read, and neither hidden ones, nor symlinks, "
        "nor those that begin with an underscore. So a shop that is misnamed, hidden or moved is no "
        "longer checked or rendered, and nothing else would say so. A submodule or another nested git "
        "repository is reported too: its files are in no revision of this one, so a deploy job could "
        "see shops that no check saw. A folder has one file of defaults: of two, readers miss one. "
        "Texts, images, licences and the hidden files of git and of editors are fine. Where the "
        "root is the whole repository, only what is named much like a settings file is "
        "reported, and nested repositories."
    ),
    upon="nothing",
    options=(
        Option(
            "allow",
            (),
            "texts",
            msg("Patterns of paths that are meant to be there, such as configs/tools/**."),
            looser="more",
        ),
    ),
    check=check,
    bad=(
        Example({"imprenta-sol.YAML": _SHOP, "imprenta-luna.yaml": _SOUND}),
        Example({"imprenta-sol.yaml.bak": _SHOP, "imprenta-luna.yaml": _SOUND}),
        Example({"imprenta-sol.json": _SHOP, "imprenta-luna.yaml": _SOUND}),
        Example({"_imprenta-sol.yaml": _SHOP, "imprenta-luna.yaml": _SOUND}),
        Example({".old/imprenta-sol.yaml": _SHOP, "imprenta-luna.yaml": _SOUND}),
        Example(
            {
                "_defaults.yaml": "contact: {publish: plain}\n",
                "_defaults.yml": "contact: {publish: entities}   # expect: fleet/stray-file\n",
                "imprenta-luna.yaml": _SOUND,
            }
        ),
    ),
    good=(
        Example({"imprenta-luna.yaml": _SOUND, "README.md": "# Shops\n", ".gitkeep": ""}),
        Example(
            {"imprenta-luna.yaml": _SOUND, "tools/list.py": "print()\n"},
            options={"allow": ["configs/tools/**"]},
            why=msg('With allow = ["configs/tools/**"].'),
        ),
    ),
    turn_off=msg("Never: allow or exclude what is meant to be there."),
    suppressible=False,
)
