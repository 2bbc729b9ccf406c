"""The writer in peace: what it writes, removes, keeps, leaves alone, and when it writes nothing."""

from __future__ import annotations

import errno
import json
import stat
from pathlib import Path

import pytest

from tests.deployment_case import (
    assert_whole,
    manifest,
    plain_files,
    rendered,
    shop,
    stamps,
    tree,
)
from tests.want_case import files_of, want_of
from wakagitops.core.errors import ToolError
from wakagitops.render.diff import Seen
from wakagitops.render.files import RenderedFile
from wakagitops.render.manifest import Entry, Manifest, encode
from wakagitops.render.transaction import check, write

CACHE = b'{"version": 1}\n'


def _write(
    out: Path, files: tuple[RenderedFile, ...], cache: bytes | None = CACHE, **more: object
) -> None:
    write(str(out), [want_of("", files, cache, **more)])  # type: ignore[arg-type]


def _public(out: Path, name: str = "imprenta-sol") -> set[str]:
    return {path.name for path in (out / "public" / name).iterdir()}


def test_a_new_folder_gets_every_file_with_its_mode(tmp_path: Path) -> None:
    out = tmp_path / "a" / "dist"
    secret = RenderedFile("shops/imprenta-sol/msmtprc", b"account\n", 0o600, "imprenta-sol", "msmtp")
    files = (*rendered(shop()), secret)
    _write(out, files)
    assert_whole(out, files)
    assert (out / "cache-bust.json").read_bytes() == CACHE
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()}
    assert modes.pop("msmtprc") == 0o600
    assert set(modes.values()) == {0o644}
    entry = next(item for item in manifest(out)["files"] if item["path"] == secret.path)
    assert (entry["mode"], entry["shop"], entry["target"]) == ("0600", "imprenta-sol", "msmtp")


def test_the_manifest_is_one_line_a_file_in_canonical_form(tmp_path: Path) -> None:
    _write(tmp_path, rendered(shop(), shop("rotulos-norte")))
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert [line for line in text.splitlines() if '"path"' in line] == [
        f"    {json.dumps(entry, sort_keys=True)}{sign}"
        for entry, sign in zip(document["files"], [*"," * (len(document["files"]) - 1), ""], strict=True)
    ]
    assert list(document) == sorted(document)
    assert text.endswith("}\n")
    assert "\r" not in text


@pytest.mark.parametrize("has_call", [False, True])
def test_many_files_at_once_are_written_with_one_sync_or_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_call: bool
) -> None:
    if not has_call:
        monkeypatch.setattr("wakagitops.render.output_dir._sync_file_system", lambda _: False)
    files = plain_files({f"shops/{number}/settings.json": str(number) for number in range(40)})
    _write(tmp_path, files)
    assert_whole(tmp_path, files)


def test_a_sync_that_fails_keeps_the_deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = plain_files({"a": "1"})
    _write(tmp_path, old)

    def fail(fd: int) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("wakagitops.render.output_dir._sync_file_system", fail)
    with pytest.raises(ToolError):
        _write(tmp_path, plain_files({f"shops/{number}": "" for number in range(40)}))
    assert_whole(tmp_path, old)


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    files = rendered(shop(), shop("rotulos-norte"))
    _write(tmp_path, files)
    before = stamps(tmp_path)
    _write(tmp_path, files)
    assert stamps(tmp_path) == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    _write(tmp_path, rendered(shop(), shop("rotulos-norte")))
    before = stamps(tmp_path)
    files = rendered(shop(), shop("rotulos-norte", notifications__host="smtp2.rotulos-norte.es"))
    _write(tmp_path, files)
    assert_whole(tmp_path, files)
    after = stamps(tmp_path)
    changed = {path for path in after if after[path] != before.get(path) and (tmp_path / path).is_file()}
    assert changed == {"manifest.json", "shops/rotulos-norte/settings.json"}


def test_another_cache_bust_alone_leaves_the_deployment_alone(tmp_path: Path) -> None:
    files = rendered(shop())
    _write(tmp_path, files)
    before = stamps(tmp_path)
    _write(tmp_path, files, b"{}\n")
    after = stamps(tmp_path)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {".", "cache-bust.json"}
    assert (tmp_path / "cache-bust.json").read_bytes() == b"{}\n"


def test_a_removed_shop_goes_with_its_folder_and_others_stay(tmp_path: Path) -> None:
    _write(tmp_path, plain_files({"shops/a/x": "1", "shops/a/deep/er/y": "2", "shops/b/x": "3"}))
    (tmp_path / "shops" / "b" / "nota.txt").write_text("mía")
    files = plain_files({"z": "4"})
    _write(tmp_path, files)
    assert_whole(tmp_path, files, foreign=["shops/b/nota.txt"])
    assert (tmp_path / "shops" / "b" / "nota.txt").read_text() == "mía"


def test_hashed_public_files_stay_until_the_shop_changes_again(tmp_path: Path) -> None:
    first = rendered(shop(), shop("rotulos-norte"))
    _write(tmp_path, first)
    old = _public(tmp_path)
    changed = shop(contact__email="hola@imprenta-sol.es")
    _write(tmp_path, rendered(changed, shop("rotulos-norte")))
    new = _public(tmp_path) - old
    assert len(new) == 2
    assert old < _public(tmp_path)
    retained = {entry["path"].rpartition("/")[2] for entry in manifest(tmp_path)["retained"]}
    assert retained == old

    other = shop("rotulos-norte", contact__email="hola@rotulos-norte.es")
    _write(tmp_path, rendered(changed, other))
    assert _public(tmp_path) == old | new, "another shop's change is not this shop's next generation"

    files = rendered(shop(contact__email="info@imprenta-sol.es"), other)
    _write(tmp_path, files)
    assert_whole(tmp_path, files)
    assert not old & _public(tmp_path)
    assert new < _public(tmp_path)


def test_a_shop_that_is_gone_leaves_its_public_files_for_one_deployment(tmp_path: Path) -> None:
    _write(tmp_path, rendered(shop(), shop("rotulos-norte")))
    _write(tmp_path, rendered(shop()))
    assert not (tmp_path / "shops" / "rotulos-norte").exists()
    assert len(_public(tmp_path, "rotulos-norte")) == 2
    before = stamps(tmp_path)
    _write(tmp_path, rendered(shop()))
    assert stamps(tmp_path) == before
    files = rendered(shop(notifications__host="smtp2.imprenta-sol.es"))
    _write(tmp_path, files)
    assert not (tmp_path / "public" / "rotulos-norte").exists()
    assert_whole(tmp_path, files)


def test_going_back_takes_the_retained_files_back(tmp_path: Path) -> None:
    there, back = rendered(shop(contact__email="hola@imprenta-sol.es")), rendered(shop())
    for files in (back, there, back):
        _write(tmp_path, files)
        assert_whole(tmp_path, files)
    retained = {entry["path"] for entry in manifest(tmp_path)["retained"]}
    assert retained == {file.path for file in there if file.artefact} - {file.path for file in back}


def test_a_retained_file_that_somebody_changed_is_not_vouched_for(tmp_path: Path) -> None:
    _write(tmp_path, rendered(shop()))
    old = _public(tmp_path)
    (tmp_path / "public" / "imprenta-sol" / min(old)).write_bytes(b"x")
    files = rendered(shop(contact__email="hola@imprenta-sol.es"))
    _write(tmp_path, files)
    changed = f"public/imprenta-sol/{min(old)}"
    assert_whole(tmp_path, files, foreign=[changed])
    assert changed not in {entry["path"] for entry in manifest(tmp_path)["retained"]}
    assert (tmp_path / changed).read_bytes() == b"x"


def test_a_file_that_somebody_changed_or_removed_is_mended(tmp_path: Path) -> None:
    files = rendered(shop())
    _write(tmp_path, files)
    (tmp_path / files[0].path).write_bytes(b"other")
    (tmp_path / files[-1].path).unlink()
    _write(tmp_path, files)
    assert_whole(tmp_path, files)


def test_a_private_file_that_a_checkout_opened_is_closed_again(tmp_path: Path) -> None:
    files = (RenderedFile("msmtprc", b"x\n", 0o600, "", "msmtp"),)
    _write(tmp_path, files)
    (tmp_path / "msmtprc").chmod(0o644)
    (outcome,) = check(str(tmp_path), [want_of("", files)])
    assert outcome.comparison.is_current, "git keeps no mode 0600, so --check must not ask for it"
    _write(tmp_path, files)
    assert stat.S_IMODE((tmp_path / "msmtprc").stat().st_mode) == 0o600
    assert_whole(tmp_path, files)


def test_targets_limit_what_is_written_and_removed(tmp_path: Path) -> None:
    _write(tmp_path, (*plain_files({"a": "1", "b": "1"}), *plain_files({"c": "1", "d": "1"}, "env")))
    wanted = plain_files({"b": "2"})
    _write(tmp_path, wanted, None, targets=frozenset(["settings"]))
    assert_whole(tmp_path, (*wanted, *plain_files({"c": "1", "d": "1"}, "env")))
    _write(tmp_path, (*wanted, *plain_files({"d": "2"}, "env")))
    assert_whole(tmp_path, (*wanted, *plain_files({"d": "2"}, "env")))


def test_one_target_alone_does_not_finish_what_a_whole_run_began(tmp_path: Path) -> None:
    files = plain_files({"a": "1"})
    _write(tmp_path, files)
    (tmp_path / "manifest.json").rename(tmp_path / ".manifest.pending.json")
    with pytest.raises(ToolError, match="did not finish"):
        _write(tmp_path, files, None, targets=frozenset(["settings"]))
    _write(tmp_path, files)
    assert_whole(tmp_path, files)


def test_a_file_becomes_a_folder_and_back(tmp_path: Path) -> None:
    for texts in ({"mail": "1"}, {"mail/a": "1", "mail/b/c": "2"}, {"mail": "3"}, {"mail/b": "4"}):
        files = plain_files(texts)
        _write(tmp_path, files)
        assert_whole(tmp_path, files)


def test_environments_are_deployments_of_their_own(tmp_path: Path) -> None:
    staging, production = plain_files({"a": "1"}), plain_files({"a": "2", "b": "3"})
    wants = [want_of("staging", staging, CACHE), want_of("production", production, CACHE)]
    outcomes = write(str(tmp_path), wants)
    assert [outcome.environment for outcome in outcomes] == ["staging", "production"]
    assert_whole(tmp_path / "staging", staging)
    assert_whole(tmp_path / "production", production)
    assert manifest(tmp_path / "staging")["environment"] == "staging"
    before = stamps(tmp_path)
    write(str(tmp_path), wants)
    assert stamps(tmp_path) == before


def test_an_environment_that_is_no_more_goes_and_a_stranger_s_folder_stays(tmp_path: Path) -> None:
    both = [want_of(name, plain_files({"shops/a/x": name}), CACHE) for name in ("staging", "production")]
    write(str(tmp_path), both)
    write(str(tmp_path / "otra"), [want_of("", plain_files({"x": "1"}), CACHE)])
    other = tree(tmp_path / "otra")
    assert not check(str(tmp_path), both[1:])[-1].comparison.is_current
    write(str(tmp_path), both[1:])
    assert not (tmp_path / "staging").exists()
    assert_whole(tmp_path / "production", files_of(both[1]))
    assert tree(tmp_path / "otra") == other
    assert all(outcome.comparison.is_current for outcome in check(str(tmp_path), both[1:]))


def test_environments_replace_a_deployment_without_them_and_the_other_way_round(tmp_path: Path) -> None:
    plain = want_of("", plain_files({"shops/a/x": "1"}), CACHE)
    named = want_of("production", plain_files({"shops/a/x": "1"}), CACHE)
    write(str(tmp_path), [plain])
    write(str(tmp_path), [named])
    assert set(tree(tmp_path)) == {
        f"production/{name}" for name in ("shops/a/x", "manifest.json", "cache-bust.json")
    }
    write(str(tmp_path), [plain])
    assert_whole(tmp_path, files_of(plain))
    assert not (tmp_path / "production").exists()


def test_check_says_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    (outcome,) = check(str(out), [want_of("", plain_files({"a": "1"}))])
    assert not outcome.comparison.is_current
    assert not out.exists()

    _write(out, plain_files({"a": "1", "b": "1", "c": "1"}))
    (out / "b").write_bytes(b"x")
    (out / "c").unlink()
    (out / "e").write_bytes(b"x")
    before = stamps(out)
    (outcome,) = check(str(out), [want_of("", plain_files({"b": "1", "c": "1", "e": "1"}), b"other")])
    found = outcome.comparison
    assert [file.path for file in found.stale] == ["b"]
    assert [file.path for file in found.missing] == ["c"]
    assert found.unwanted == ("a",)
    assert len(found.obstacles) == 1
    assert stamps(out) == before


def test_check_is_content_with_what_was_just_written(tmp_path: Path) -> None:
    files = rendered(shop())
    _write(tmp_path, files)
    (outcome,) = check(str(tmp_path), [want_of("", files, b"another transition")])
    assert outcome.comparison.is_current


def test_an_unfinished_folder_is_not_current(tmp_path: Path) -> None:
    files = rendered(shop())
    _write(tmp_path, files)
    (tmp_path / "manifest.json").rename(tmp_path / ".manifest.pending.json")
    (outcome,) = check(str(tmp_path), [want_of("", files)])
    assert not outcome.comparison.is_current
    assert outcome.comparison.state.is_incomplete


@pytest.mark.parametrize("text", ["settings.json", 'a "b"', "ñ/\u2028", "a\\b", "}, {", "\t"])
def test_a_manifest_is_written_as_any_json_is(text: str) -> None:
    entry = Entry(text, "0" * 64, 12, 0o600, text, text)
    plain = {"bytes": 12, "mode": "0600", "path": text, "sha256": "0" * 64, "shop": text, "target": text}
    line = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    data = encode(Manifest("", (entry, entry), (entry,))).decode()
    assert data.count(f"    {line}") == 3
    assert json.loads(data)["files"] == [plain, plain]


def test_a_file_is_known_again_only_if_it_is_older_than_the_look_at_it(tmp_path: Path) -> None:
    """Else it could be changed in the same tick of the clock, and look as it did."""
    files = plain_files({"a": "1", "b": "2"})
    _write(tmp_path, files)
    times = [(tmp_path / file.path).stat().st_ctime_ns for file in files]
    device = tmp_path.stat().st_dev

    def known(seen: Seen) -> set[str]:
        (outcome,) = check(str(tmp_path), [want_of("", files)], seen)
        assert outcome.comparison.is_current
        return {*outcome.comparison.marks}

    assert known(Seen(device, min(times))) == set()
    assert known(Seen(device + 1, max(times) + 1)) == set()
    assert known(Seen()) == set()
    assert known(Seen(device, max(times) + 1)) == {"a", "b"}
