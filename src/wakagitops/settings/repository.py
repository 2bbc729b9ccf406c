"""Which files are settings files, which shops they are, and each shop's chain of defaults."""

from collections.abc import Sequence

from wakagitops.core.globs import Globs
from wakagitops.core.named_tuple import NamedTuple
from wakagitops.core.typed import TYPE_CHECKING
from wakagitops.sources.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wakagitops.settings.strays import Stray

DEFAULTS_STEMS = ("_defaults.yaml", "_defaults.yml")
ENDINGS = (".yaml", ".yml")


class Layout(NamedTuple):
    """Where a repository keeps its settings, as ``wakagitops.toml`` says."""

    root: str = "configs"
    """The folder of the settings, relative to the base; empty for the base itself."""
    exclude: tuple[str, ...] = ()
    """Patterns of paths that are no settings files; ``*`` stays in a folder, ``**`` does not."""
    environments: tuple[str, ...] = ()
    """Names of folders directly under the root, each an environment."""
    named: tuple[str, ...] = ()
    """Files and folders that ``wakagitops.toml`` names for something else, such as the baseline."""


class Repository:
    """The settings files of one tree."""

    __slots__ = (
        "_chains",
        "_defaults",
        "_excluded",
        "_strays",
        "defaults",
        "layout",
        "others",
        "shops",
        "tree",
    )

    def __init__(self, tree: Tree, layout: Layout) -> None:
        """List the settings files.

        Raises:
            FileNotFoundError: never for the root: a missing root is an empty repository.
            ToolError: a folder cannot be listed.
        """
        self.tree = tree
        self.layout = layout
        self._excluded = Globs(layout.exclude) if layout.exclude else None
        self.others: list[str] = []
        """The regular files that are no settings files, excluded ones among them."""
        self._strays: tuple[Stray, ...] | None = None
        shops: list[str] = []
        defaults: list[str] = []
        for path in tree.walk(layout.root):
            if not path.endswith(ENDINGS):
                self.others.append(path)
                continue
            if self._excluded is not None and self._excluded.match(path):
                continue
            name = path.rpartition("/")[2]
            if name[0] not in "._":
                shops.append(path)
            elif name in DEFAULTS_STEMS:
                defaults.append(path)
            else:
                self.others.append(path)
        self.shops: Sequence[str] = sorted(shops)
        """The shops' own files, sorted."""
        self.defaults: Sequence[str] = sorted(defaults)
        """The ``_defaults.yaml`` files, sorted."""
        self._chains: dict[str, tuple[str, ...]] = {}
        """By folder, what applies to the shops in it."""
        self._defaults: dict[str, list[str]] = {}
        for path in self.defaults:
            self._defaults.setdefault(path.rpartition("/")[0], []).append(path)

    def chain(self, path: str) -> tuple[str, ...]:
        """Return the ``_defaults.yaml`` files that apply to a shop's file, outermost first."""
        folder = path.rpartition("/")[0]
        unknown = []
        while (chain := self._chains.get(folder)) is None:
            unknown.append(folder)
            if folder == self.layout.root or not folder:
                chain = ()
                break
            folder = folder.rpartition("/")[0]
        for folder in reversed(unknown):
            own = self._defaults.get(folder)
            chain = self._chains[folder] = (*chain, *own) if own else chain
        return chain

    def second_defaults(self) -> "Iterator[tuple[str, str]]":
        """Yield each file of defaults whose folder has an earlier one, and that one."""
        for first, *others in self._defaults.values():
            yield from ((path, first) for path in others)

    def below(self, defaults: str) -> list[str]:
        """Return the shops' files that a ``_defaults.yaml`` applies to."""
        folder = defaults.rpartition("/")[0]
        return [path for path in self.shops if path.startswith(f"{folder}/") or not folder]

    def environment(self, path: str) -> str:
        """Return the environment of a file; empty where there are none or it is in none."""
        if not self.layout.environments:
            return ""
        root = f"{self.layout.root}/" if self.layout.root else ""
        top = path.removeprefix(root).partition("/")[0]
        return top if top in self.layout.environments else ""

    def shop_name(self, path: str) -> str:
        """Return how a shop is named to people: its id, after its environment where it is in one."""
        environment = self.environment(path)
        return f"{environment}/{shop_id(path)}" if environment else shop_id(path)

    def is_excluded(self, path: str) -> bool:
        """Tell whether a path is excluded by the settings."""
        return self._excluded is not None and self._excluded.match(path)

    @property
    def strays(self) -> "tuple[Stray, ...]":
        """Return what lies below the root and is neither a settings file nor of another known kind."""
        if self._strays is None:
            self._strays = ()
            if (
                self.others
                or any(self.second_defaults())
                or any(True for _ in self.tree.others(self.layout.root))
            ):
                from wakagitops.settings.strays import strays  # noqa: PLC0415 - few repositories have others

                self._strays = strays(self)
        return self._strays

    @property
    def files(self) -> list[str]:
        """Return all settings files, sorted."""
        return sorted([*self.shops, *self.defaults])


def shop_id(path: str) -> str:
    """Return the id of the shop that a file holds: its name without the ending."""
    return path.rpartition("/")[2].rpartition(".")[0]
