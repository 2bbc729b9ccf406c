"""Where little changed, render reads and renders little, and says and leaves what it otherwise would."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.cache_case import all_kept, kept_in
from tests.deployment_case import tree
from tests.known_case import NORTE, SOL, Case
from tests.render_case import git, shop_text
from wakagitops.render.files import Fleet, RenderedFile
from wakagitops.render.output_dir import OutFolder
from wakagitops.render.shops import ReadShop, ShopReader
from wakagitops.render.targets import load, settings
from wakagitops.settings.model import ShopSettings
from wakagitops.validate import results_cache
from wakagitops.validate.cache_folder import KEY, CacheFolder, opened, sealed

MARE, PORT = "copias-mare", "copias-port"
COSTA = "configs/costa"
SETTINGS = "shops/{}/settings.json"


class Fleetful(Case):
    """Four shops, two of them below defaults, which tells what each run reads and renders."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        super().__init__(folder, monkeypatch, capsys)
        self.read: list[str] = []
        """The shops that were read."""
        self.made: list[str] = []
        """The shops that were rendered."""
        self.looked: list[str] = []
        """The files of the output folder that were read."""
        self.write(f"{COSTA}/_defaults.yaml", "contact: {publish: plain}\n")
        for name in (MARE, PORT):
            text = shop_text(name).replace("  publish: assembled\n", "")
            self.write(f"{COSTA}/{name}.yaml", text)
        self._count(monkeypatch)

    def write(self, path: str, text: str) -> None:
        """Write a file of the repository."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def done(self, *arguments: str) -> tuple[list[str], list[str]]:
        """Run it, and return the shops that were read and those that were rendered, each once."""
        assert self.afresh(*arguments) == (done := self.counted(*arguments)), done
        return sorted(set(self.read)), sorted(set(self.made))

    def counted(self, *arguments: str) -> object:
        """Run it, and count from here."""
        for counts in (self.read, self.made, self.looked):
            counts.clear()
        return self.run(*arguments)

    def _count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shop, digest, target = ShopReader.shop, OutFolder.digest, settings.TARGET

        def read(reader: ShopReader, path: str) -> ReadShop:
            self.read.append(Path(path).stem)
            return shop(reader, path)

        def made(shop: ShopSettings) -> Iterator[RenderedFile]:
            self.made.append(shop.shop)
            yield from target.render(shop)

        def looked(folder: OutFolder, path: str) -> str:
            self.looked.append(path)
            return digest(folder, path)

        monkeypatch.setattr(ShopReader, "shop", read)
        monkeypatch.setattr(settings, "TARGET", target._replace(render=made))
        monkeypatch.setattr(OutFolder, "digest", looked)


@pytest.fixture
def case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Fleetful:
    return Fleetful(tmp_path, monkeypatch, capsys)


def _rename(case: Fleetful) -> None:
    (case.folder / "configs" / f"{SOL}.yaml").unlink()
    case.shop("imprenta-luna")


def _add_defaults(case: Fleetful) -> None:
    case.write("configs/_defaults.yaml", "admin: {recipients: [hola@imprenta.es]}\n")


CHANGES: dict[str, tuple[Callable[[Fleetful], object], list[str]]] = {
    "one shop": (lambda case: case.shop(SOL, sender="Otra"), [SOL]),
    "a comment": (lambda case: case.write(f"configs/{SOL}.yaml", shop_text(SOL) + "# x\n"), [SOL]),
    "defaults": (
        lambda case: case.write(f"{COSTA}/_defaults.yaml", "contact: {publish: entities}\n"),
        [MARE, PORT],
    ),
    "new defaults above all": (_add_defaults, [MARE, PORT, SOL, NORTE]),
    "a new shop": (lambda case: case.shop("nueva"), ["nueva"]),
    "another shop": (_rename, ["imprenta-luna"]),
    "a shop less": (lambda case: (case.folder / f"{COSTA}/{PORT}.yaml").unlink(), []),
    "a file that is gone": (lambda case: (case.out / SETTINGS.format(SOL)).unlink(), [SOL]),
    "a file that is another": (lambda case: (case.out / SETTINGS.format(SOL)).write_text("x"), [SOL]),
    "a file that was touched": (lambda case: (case.out / SETTINGS.format(SOL)).touch(), []),
    "all files gone": (lambda case: shutil.rmtree(case.out), [MARE, PORT, SOL, NORTE]),
    "another word of caches": (lambda case: (case.out / "cache-bust.json").write_text("{}"), []),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_changed_is_read_and_rendered(case: Fleetful, change: str) -> None:
    case.run()
    edit, shops = CHANGES[change]
    edit(case)
    assert case.done() == (sorted(shops), sorted(shops))
    assert case.done() == ([], [])


@pytest.mark.parametrize(
    "arguments",
    [["--check"], ["--target", "settings"], ["--out", "./dist"], ["--previous", "applied.json"], ["-v"]],
    ids=lambda arguments: arguments[0],
)
def test_whatever_is_asked_for_shops_are_known(case: Fleetful, arguments: list[str]) -> None:
    case.run()
    shutil.copy(case.out / "cache-bust.json", case.folder / "applied.json")
    case.shop(SOL, email="hola@imprenta-sol.es")
    assert case.done(*arguments) == ([SOL], [SOL])
    # The next run need not be of the same kind.
    assert case.done()[0] in ([], [SOL])


def test_shops_of_a_revision_are_known_too(case: Fleetful) -> None:
    git(case.folder, "init", "-q")
    git(case.folder, "config", "user.email", "tests@example.org")
    git(case.folder, "config", "user.name", "tests")
    git(case.folder, "add", "configs")
    git(case.folder, "commit", "-qm", "one")
    case.run()
    case.shop(SOL, email="hola@imprenta-sol.es")
    assert case.done("--base", "HEAD") == ([SOL], [SOL])
    git(case.folder, "commit", "-qam", "two")
    assert case.done("--base", "HEAD") == ([], [])
    case.write(f"{COSTA}/_defaults.yaml", "contact: {publish: entities}\n")
    assert case.done("--base", "HEAD~1") == ([MARE, PORT], [MARE, PORT])


def test_without_the_cache_nothing_is_known(case: Fleetful) -> None:
    case.run()
    case.shop(SOL, sender="Otra")
    assert case.done("--no-cache")[0] == sorted([SOL, NORTE, MARE, PORT])


def test_other_targets_and_templates_make_other_files(case: Fleetful) -> None:
    case.run()
    (case.folder / "wakagitops.toml").write_text('targets = ["settings", "env"]\n')
    every = sorted([SOL, NORTE, MARE, PORT])
    assert case.done() == (every, every)
    case.write("mine/target.toml", '[[files]]\ntemplate = "a"\npath = "a/{shop}"\nescape = "json"\n')
    case.write(
        "mine/target.toml", (case.folder / "mine/target.toml").read_text().replace('"a"', '"a.j2"')
    )
    case.write("mine/a.j2", "[{{ shop }}]\n")
    case.write("wakagitops.toml", 'targets = ["settings", "mine"]\n[team_targets]\nmine = "mine"\n')
    assert case.done() == (every, every)
    case.shop(SOL, sender="Otra")
    assert case.done() == ([SOL], [SOL])
    case.write("mine/a.j2", "[{{ url }}]\n")
    assert case.done() == (every, every)


def test_a_template_that_lists_all_shops_is_written_anew(case: Fleetful) -> None:
    case.write(
        "mine/target.toml",
        '[[files]]\ntemplate = "a.j2"\npath = "all"\nescape = "json"\nscope = "fleet"\n',
    )
    case.write("mine/a.j2", "{{ shops | length }}\n")
    case.write("wakagitops.toml", 'targets = ["settings", "mine"]\n[team_targets]\nmine = "mine"\n')
    case.run()
    assert (case.out / "all").read_text() == "4\n"
    case.shop("nueva")
    assert case.done() == (["nueva"], ["nueva"])
    assert (case.out / "all").read_text() == "5\n"


def test_files_that_collide_with_those_of_a_known_shop_stop_the_run(case: Fleetful) -> None:
    arguments = ["--ignore", "fleet"]
    case.run(*arguments)
    case.write(f"{COSTA}/{SOL}.yaml", shop_text(SOL))
    expected = case.afresh(*arguments)
    assert expected.status == 2
    assert "cannot lie beside" in expected.error
    assert case.run(*arguments) == expected


def test_what_is_refused_is_refused_again_and_again(case: Fleetful) -> None:
    arguments = ["--ignore", "contact,address"]
    case.run(*arguments)
    case.shop(SOL, email="'\"a b\"@imprenta-sol.es'")
    text = (case.folder / "configs" / f"{SOL}.yaml").read_text()
    case.write(f"configs/{SOL}.yaml", text.replace("/aviso-legal", "/aviso legal"))
    for _ in range(2):
        expected = case.afresh(*arguments)
        assert expected.status == 1
        assert case.run(*arguments) == expected
    case.shop(SOL)
    assert case.done(*arguments) == ([], [])


def test_environments_are_known_apart(case: Fleetful) -> None:
    shutil.rmtree(case.folder / "configs")
    case.write("wakagitops.toml", 'environments = ["staging", "production"]\n')
    for environment in ("staging", "production"):
        case.write(f"configs/{environment}/{SOL}.yaml", shop_text(SOL))
        case.write(f"configs/{environment}/{NORTE}.yaml", shop_text(NORTE))
    case.run()
    case.write(f"configs/staging/{SOL}.yaml", shop_text(SOL, sender="Otra"))
    assert case.done() == ([SOL], [SOL])
    (case.out / "production" / SETTINGS.format(NORTE)).unlink()
    assert case.done() == ([NORTE], [NORTE])
    shutil.copytree(case.folder / "configs/staging", case.folder / "configs/other")
    case.write("wakagitops.toml", 'environments = ["staging", "production", "other"]\n')
    assert case.done()[1] == [SOL, NORTE]


def test_only_files_that_may_have_changed_are_read(case: Fleetful) -> None:
    case.run()
    assert set(case.looked) >= {SETTINGS.format(name) for name in (SOL, NORTE, MARE, PORT)}
    case.shop(SOL, sender="Otra")
    (case.out / SETTINGS.format(NORTE)).touch()
    case.counted()
    assert sorted(case.looked) == [SETTINGS.format(SOL), SETTINGS.format(NORTE)]


@pytest.mark.parametrize("is_still", [False, True])
def test_an_edit_in_the_same_tick_as_the_render_is_repaired(
    case: Fleetful, monkeypatch: pytest.MonkeyPatch, *, is_still: bool
) -> None:
    if is_still:
        # Then everything is as young as everything else.
        monkeypatch.setattr(CacheFolder, "clock", lambda *_: os.stat(case.folder).st_ctime_ns)
    for turn in range(10):
        case.shop(SOL, sender=f"Otra {turn}")
        case.run()
        path = case.out / SETTINGS.format((SOL, NORTE)[turn % 2])
        path.write_bytes(path.read_bytes()[::-1])
        case.shop(SOL, sender=f"Otra {turn} aún")
        case.done()
        assert path.read_bytes().startswith(b"{")


def _late(case: Fleetful, monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    """Have a shop change at the moment in which it is read."""
    read = ShopReader.read

    def late(reader: ShopReader, paths: Sequence[str]) -> object:
        case.shop(SOL, sender=sender)
        return read(reader, paths)

    monkeypatch.setattr(ShopReader, "read", late)


def test_settings_that_change_while_a_lost_file_is_rendered_are_those_that_are_rendered(
    case: Fleetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.run()
    (case.out / SETTINGS.format(SOL)).unlink()
    with monkeypatch.context() as patch:
        _late(case, patch, "Otra")
        assert case.run().status == 0
    assert "Otra" in (case.out / SETTINGS.format(SOL)).read_text()
    case.shop(SOL)
    case.done()
    assert "Otra" not in (case.out / SETTINGS.format(SOL)).read_text()


def test_settings_that_can_no_longer_be_rendered_when_a_file_is_lost_are_refused(
    case: Fleetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.write("wakagitops.toml", 'targets = ["env"]\n')
    case.run()
    lost = case.out / "shops" / SOL / "mail.env"
    lost.unlink()
    before = tree(case.out)
    with monkeypatch.context() as patch:
        _late(case, patch, '"two\\nlines"')
        done = case.run()
    assert done.status == 1
    assert "render/refused" in done.out
    assert tree(case.out) == before


def _lines(change: Callable[[list[object]], object]) -> Callable[[bytes], bytes]:
    """Return what changes every line that is kept and seals it again, as only an enemy would."""

    def changed(data: bytes) -> bytes:
        lines = data.splitlines()
        for number, line in enumerate(lines):
            if line[KEY : KEY + 1] == b" ":
                item = json.loads(opened(line))
                change(item)
                lines[number] = sealed(line[:KEY], json.dumps(item).encode())
        return b"\n".join(lines) + b"\n"

    return changed


def _other_digests(item: list[object]) -> None:
    for file in item[3]:  # type: ignore[attr-defined]
        file[1] = "0" * 64


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[: len(data) // 2],
    "noise": lambda _: random.Random(1).randbytes(500),
    "one byte": lambda data: data.replace(b"settings", b"settingz"),
    "another shop's path": _lines(lambda item: item.__setitem__(0, f"configs/{NORTE}.yaml")),
    "other digests": _lines(_other_digests),
    "numbers for texts": _lines(lambda item: item.__setitem__(2, 1)),
    "no files": _lines(lambda item: item.__setitem__(3, None)),
    "files of numbers": _lines(lambda item: item.__setitem__(3, [[1, 2, 3, 4, item[2], 6]])),
    "too little": _lines(lambda item: item.pop()),
    "no public values": _lines(lambda item: item.__setitem__(4, [{}, {}, ""])),
    "too deep": lambda data: b"\n".join(
        sealed(line[:KEY], b"[" * 100_000) if line[KEY : KEY + 1] == b" " else line
        for line in data.splitlines()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ["releases", "seen"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_not_known(case: Fleetful, damage: str, name: str) -> None:
    case.run()
    case.shop(SOL, sender="Otra")
    kept = kept_in(case.folder, name)
    data = kept.read_bytes()
    if name == "releases":
        kept.write_bytes(DAMAGES[damage](data))
    else:
        texts = [b"[]", b'{"": []}', b'{"": {"shops/imprenta-sol/settings.json": 1}}', b"[" * 100_000]
        start = data.index(b"\n") + 1
        text = texts[list(DAMAGES).index(damage) % len(texts)]
        kept.write_bytes(data[:start] + sealed(data[start : start + KEY], text))
    case.done()
    case.shop(SOL)
    case.done()


def test_what_is_kept_holds_no_bytes_of_files(case: Fleetful) -> None:
    case.run()
    kept = kept_in(case.folder, "releases").read_text()
    assert SETTINGS.format(SOL) in kept
    assert "SMTP_PASSWORD" not in kept
    assert f"pedidos@{SOL}.es" not in kept


def test_what_is_kept_stays_bounded(case: Fleetful, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_cache, "_UNUSED_BYTES", 0)
    case.run()
    kept = kept_in(case.folder, "releases")
    size = kept.stat().st_size
    for turn in range(20):
        case.shop(SOL, sender=f"Otra {turn}")
        case.run()
        assert kept.stat().st_size < 2.5 * size
    assert case.done() == ([], [])


def test_the_script_of_public_pages_is_the_same_in_every_fleet() -> None:
    """Else what is known of a shop's public files would depend on the other shops."""
    public = load("public")
    fleets = [Fleet("", [SOL]), Fleet("staging", [SOL, NORTE])]
    assert len({tuple(public.shared(fleet)) for fleet in fleets}) == 1


def _edit_settings(case: Fleetful, chance: random.Random) -> None:
    match chance.randrange(7):
        case 0 | 1:
            case.shop(chance.choice([SOL, NORTE, "nueva"]), sender=f"Imprenta {chance.random()}")
        case 2:
            case.shop(SOL, email=f"{chance.choice(['contacto', 'hola', 'info'])}@{SOL}.es")
        case 3:
            (case.folder / "configs" / "nueva.yaml").unlink(missing_ok=True)
        case 4:
            publish = chance.choice(["plain", "entities", "assembled"])
            case.write(f"{COSTA}/_defaults.yaml", f"contact: {{publish: {publish}}}\n")
        case 5:
            targets = chance.sample(["settings", "public", "env", "msmtp"], 2)
            options = '[render.public]\nassets_url = "/a/"\n' if "public" in targets else ""
            case.write(
                "wakagitops.toml", f"targets = {json.dumps(targets)}\n{chance.choice(['', options])}"
            )
        case _:
            # Two shops change places.
            path = case.folder / COSTA / f"{MARE}.yaml"
            path.rename(path.with_name(f"{PORT}.yaml"))
            path.write_text(shop_text(MARE, host=f"smtp{chance.randrange(9)}.mare.es"))
            (case.folder / COSTA / f"{PORT}.yaml").write_text(shop_text(PORT))


def _edit_output(case: Fleetful, chance: random.Random) -> None:
    files = sorted(path for path in case.out.rglob("*") if path.is_file())
    if not files:
        return
    file = chance.choice(files)
    match chance.randrange(6):
        case 0:
            file.unlink()
        case 1:
            file.write_bytes(file.read_bytes()[::-1])
        case 2:
            file.touch()
        case 3:
            file.chmod(0o666)
        case 4 if (case.out / "cache-bust.json").exists():
            shutil.copy(case.out / "cache-bust.json", case.folder / "applied.json")
        case _:
            shutil.rmtree(case.out)


def _edit_cache(case: Fleetful, chance: random.Random) -> None:
    """Flip some bits of a file, and cut it perhaps."""
    kept = all_kept()
    if kept:
        file = chance.choice(kept)
        data = bytearray(file.read_bytes())
        for _ in range(chance.randrange(20) if data else 0):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data[: chance.choice([len(data), len(data) // 2])])


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_leave_what_a_run_without_a_cache_leaves(case: Fleetful, seed: int) -> None:
    chance = random.Random(seed)
    few = 0
    for _ in range(30):
        for _ in range(chance.choice([0, 1, 1, 2])):
            chance.choice([_edit_settings, _edit_settings, _edit_output, _edit_cache])(case, chance)
        arguments = chance.choice([[], [], ["--format", "json"], ["-v"], ["--check"]])
        if (case.folder / "applied.json").exists() and chance.random() < 0.5:
            arguments = [*arguments, "--previous", "applied.json"]
        if chance.random() < 0.2:
            arguments = [*arguments, "--target", "settings"]
        few += len(case.done(*arguments)[0]) < 4
    assert few > 10
