"""A repository with a distinct secret in every place that a settings file has."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from wakagitops.core import pointer as pointers
from wakagitops.settings.schema import Setting, shipped_annotations

WORD = "canary"
"""What every planted secret holds, in some letter case."""
SOUND: dict[str, Any] = {
    "shop": "imprenta-sol",
    "platform_version": "3.28.1",
    "url": "https://www.imprenta-sol.es",
    "contact": {"email": "contacto@imprenta-sol.es", "publish": "assembled", "pages": ["/contacto"]},
    "notifications": {
        "email": "pedidos@imprenta-sol.es",
        "name": "Imprenta Sol",
        "smtp": {
            "host": "smtp.imprenta-sol.es",
            "ports": {"tls": 465},
            "username": "pedidos@imprenta-sol.es",
            "password": {"env": "IMPRENTA_SOL_SMTP_PASSWORD"},
        },
    },
    "admin": {"recipients": ["ventas@imprenta-sol.es", "taller@imprenta-sol.es"]},
}
_PASSWORD = "    password:\n      env: IMPRENTA_SOL_SMTP_PASSWORD\n"


class Plant(NamedTuple):
    """One settings file with one secret, or a few that belong together."""

    path: str
    """Below ``configs``; its stem says what kind of place it is."""
    data: bytes


def of_a_provider(number: int) -> str:
    """Return a secret that a detector knows by its shape, one shape after the other."""
    return (
        f"ghp_{WORD}{number:03}abcdefghijklmnop",
        f"SG.{WORD}{number:03}abcdefghijk.{WORD}abcdef",
        f"AKIA{WORD.upper()}{number:03}EXAMPLE",
        f"sk_live_{WORD}{number:03}abcdefgh",
        f"xkeysib-{WORD}{number:03}-abcdefghijkl",
    )[number % 5]


def plants() -> Iterator[Plant]:
    """Yield every settings file of the repository."""
    for number, (stem, text) in enumerate(_texts()):
        name = f"{stem}-{number:03}"
        yield Plant(f"{name}.yaml", text.replace("imprenta-sol", name).encode())
    for name, text in _DEFAULTS.items():
        yield Plant(f"costa-{name}/_defaults.yaml", text.encode())
        yield Plant(f"costa-{name}/inherits-{name}.yaml", _shop("inherits", SOUND).encode())
        heir = copy.deepcopy(SOUND)
        heir["notifications"]["smtp"] = {"host": "smtp.imprenta-sol.es", "ports": {"tls": 465}}
        yield Plant(f"costa-{name}/heir-{name}.yaml", _shop(f"heir-{name}", heir).encode())
    broken = _shop("yaml-utf-8", SOUND).replace(_PASSWORD, "    password: hunter2-canary-utf\ufffd\n")
    yield Plant("yaml-utf-8.yaml", broken.encode().replace("\ufffd".encode(), b"\xff"))
    crlf = _shop("yaml-crlf", SOUND).replace(_PASSWORD, "    password: hunter2-canary-crlf\n")
    yield Plant("yaml-crlf.yaml", crlf.replace("\n", "\r\n").encode())
    bom = _shop("yaml-bom", SOUND).replace(_PASSWORD, "    password: hunter2-canary-bom\n")
    yield Plant("yaml-bom.yaml", b"\xef\xbb\xbf" + bom.encode())


def _shop(name: str, data: dict[str, Any]) -> str:
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1000)
    return text.replace("imprenta-sol", name)


def _texts() -> Iterator[tuple[str, str]]:
    sound = yaml.safe_dump(SOUND, sort_keys=False, allow_unicode=True, width=1000)
    yield from _in_values()
    yield from _in_keys()
    yield from _in_comments(sound)
    for stem, lines in _PASSWORDS.items():
        yield f"password-{stem}", sound.replace(_PASSWORD, lines)
    for stem, (old, new) in _REPLACED.items():
        assert old in sound
        yield stem, sound.replace(old, new, 1)
    yield "yaml-limit-bytes", sound + f"# clave: {WORD}-bytes1!\n" + "#" * 300_000


def _in_values() -> Iterator[tuple[str, str]]:
    """A secret as the value of every setting that the schema has, or will have."""
    for number, setting in enumerate(shipped_annotations().settings.values()):
        if setting.pointer and not setting.types & {"object", "array"} and setting.pointer[-2:] != "/*":
            yield f"value-{number}", _with(setting, of_a_provider(number))
            yield f"url-{number}", _with(setting, f"smtp://pedidos:{WORD}{number:03}!@imprenta-sol.es")
            yield f"words-{number}", _with(setting, f"la clave es {WORD}{number:03}")
        elif setting.pointer:
            if "string" in setting.types:
                continue  # a user name may be a token
            yield f"whole-{number}", _with(setting, of_a_provider(number))
            yield f"list-{number}", _with(setting, [of_a_provider(number), 5])
            yield f"map-{number}", _with(setting, {"value": of_a_provider(number)})


def _with(setting: Setting, value: object) -> str:
    data = copy.deepcopy(SOUND)
    place: Any = data
    *above, last = ["0" if token == "*" else token for token in pointers.tokens(setting.pointer)]
    for token in above:
        below = place[int(token)] if isinstance(place, list) else place.get(token)
        if not isinstance(below, dict | list) or (isinstance(below, dict) and set(below) == {"env"}):
            below = {}
        if isinstance(place, list):
            place[int(token)] = below
        else:
            place[token] = below
        place = below
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1000)


def _in_keys() -> Iterator[tuple[str, str]]:
    """A secret as a key beside every setting, and as the only key of a reference."""
    for number, setting in enumerate(shipped_annotations().settings.values()):
        if "object" in setting.types:
            token = pointers.child(setting.pointer, of_a_provider(number))
            yield f"key-{number}", _with(setting._replace(pointer=token), "1")
            token = pointers.child(setting.pointer, "contraseña")
            yield f"named-{number}", _with(setting._replace(pointer=token), f"{WORD} {number}")
    for number, key in enumerate(("hunter2-canary-key", f"{WORD} key", "canary/key~")):
        data = copy.deepcopy(SOUND)
        data["notifications"]["smtp"]["password"] = {key: "x" if number else None}
        yield "secret-key", yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def _in_comments(sound: str) -> Iterator[tuple[str, str]]:
    for number, comment in enumerate(_COMMENTS):
        yield f"comment-alone-{number}", f"# {comment}\n{sound}"
        yield f"comment-end-{number}", sound.replace("  name: ", f"  # {comment}\n  name: ")
        yield f"comment-line-{number}", sound.replace("tls: 465", f"tls: 465   # {comment}")
        yield f"comment-broken-{number}", f"contact: [\n# {comment}\n{sound}"


_COMMENTS = (
    of_a_provider(1),
    f"la contraseña: {WORD}1!",
    f"password={WORD}1",
    f"smtp://pedidos:{WORD}@imprenta-sol.es",
    f"https://imprenta-sol.es/?token={WORD}",
    f"wakagitops: ignore[contact/free-mail] la clave es {WORD}1",
    f"wakagitops: ignore[contact/free-mail, {of_a_provider(0)}] porque sí",
    f"wakagitops: ignore[contact/free-mail] until={of_a_provider(0)} porque sí",
    f"wakagitops: ignore-file[secret] {of_a_provider(3)}",
    f"wakagitops: ignore {of_a_provider(3)}",
    f"-----BEGIN PRIVATE KEY----- {WORD}",
)
_PASSWORDS = {
    "plain": "    password: hunter2-canary-plain\n",
    "number": "    password: 0xcanary\n",
    "single": "    password: 'hunter2 canary ''single'''\n",
    "double": '    password: "hunter2\\tcanary double"\n',
    "escaped": '    password: "hunter2-\\x63anary-escaped"\n',
    "block": "    password: |\n      hunter2\n      canary block\n",
    "folded": "    password: >-\n      hunter2\n      canary folded\n",
    "lines": "    password: hunter2\n      canary lines\n",
    "list": "    password:\n      - hunter2-canary-list\n",
    "deep": "    password:\n      value:\n        - {x: [hunter2-canary-deep]}\n",
    "env": "    password: {env: hunter2-canary-env}\n",
    "file": "    password: {file: hunter2-canary-file}\n",
    "vault": "    password: {vault: {path: /hunter2-canary/x, key: x}}\n",
    "extra": "    password: {env: SMTP, note: hunter2-canary-extra}\n",
    "twice": "    password: hunter2-canary-one\n    password: hunter2-canary-two\n",
    "shadowed": "    password: hunter2-canary-shadow\n    password: {env: SMTP}\n",
    "inner-twice": "    password: {value: hunter2-canary-in, value: hunter2-canary-out}\n",
    "anchor": "    password: &clave hunter2-canary-anchor\n    host2: *clave\n",
    "named-anchor": f"    password: &{of_a_provider(0)} x\n    host2: *{of_a_provider(0)}\n",
    "alias": f"    password: *{of_a_provider(0)}\n",
    "tag": f"    password: !{of_a_provider(0)} hunter2-canary-tag\n",
    "merge": "    <<: {password: hunter2-canary-merge}\n",
    "sops": "    password: hunter2-canary-sops\nsops: {mac: x}\n",
    "enc": "    password: ENC[hunter2-canary-enc]\n",
    "enc-data": "    password: ENC[AES256_GCM,data:canary,iv:x,tag:x,type:str]\n",
    "template": "    password: \"{{ 'hunter2-canary-template' }}\"\n",
    "mistyped": "    pasword: hunter2-canary-mistyped\n",
    "spanish": "    contraseña: hunter2-canary-spanish\n",
    "repeated": "    password: hunter2-canary-same\n  name2: hunter2-canary-same\n",
    # Where YAML breaks off.
    "open-double": '    password: "hunter2-canary-open\n',
    "open-single": "    password: 'hunter2-canary-open\n",
    "open-flow": "    password: {value: hunter2-canary-open\n",
    "tab": "    password:\n\t\thunter2-canary-tab\n",
    "colon": "    password: hunter2: canary: colon\n",
    "at": "    password: @hunter2-canary-at\n",
    "percent": "    password: %hunter2-canary-percent\n",
    "backquote": "    password: `hunter2-canary-backquote`\n",
    "escape": '    password: "hunter2-canary-\\q"\n',
    "indent": "    password: x\n   hunter2-canary-indent\n",
    "no-colon": "    password hunter2-canary-none\n    other: x\n",
    "control": "    password: hunter2-canary-\x07\n",
    "bidi": "    password: hunter2-canary-\u202e\n",
    "second": "    password: {env: SMTP}\n---\npassword: hunter2-canary-second\n",
    "depth": "    password: " + "[" * 40 + "hunter2-canary-depth" + "]" * 40 + "\n",
    "complex": "    ? [password]\n    : hunter2-canary-complex\n",
    "directive": "    password: x\n%canary hunter2-canary-directive\n",
    # Where the value is not where it should be, or reads as something else.
    "lone-alias": "    password: *Canary9lone\n",
    "lone-alias-quoted-key": "    'password': *Canary9alias!\n",
    "next-key": "    password:\n      Canary9next:\n",
    "next-key-same": "    password:\n    Canary9same:\n",
    "next-key-outer": "    password:\n  Canary9outer:\n",
    "next-key-column": "    password:\nCanary9column:\n",
    "next-key-valued": "    password:\n    Canary9valued: x\n",
    "next-key-comment": "    password:\n    # vacía\n    Canary9commented: x\n",
    "question": "    password:\n      ? Canary9question\n",
    "question-flow": "    password: {? Canary9flow}\n",
    "flow-key": "    password: {Canary9key}\n",
    "flow-list": "    password: [Canary9list]\n",
    "core-tag": "    password: !!str Canary9tag\n",
    "anchor-only": "    password: &Canary9anchor\n",
    "comment-only": "    password:  # Canary9comment\n",
    "comment-below": "    password:\n    # Canary9below\n    host2: x\n",
    "comment-below-literal": "    password: hunter2-canary-x\n    # Canary9under\n    host2: x\n",
    "comment-beside-reference": "    password: {env: SMTP}  # Canary9beside\n    host2: x\n",
    "comment-below-reference": "    password: {env: SMTP}\n    # Canary9sound\n    host2: x\n",
    "no-space": "    password:Canary9tight\n",
    "equals": "    password = Canary9equals\n",
    "env-text": "    password: {env: Canary9env!}\n",
    "env-list": "    password: {env: [Canary9list]}\n",
    "env-key": "    password: {env: {Canary9inner: x}}\n",
    "form": "    password: {valut: Canary9form}\n",
    "vault-path": '    password: {vault: {path: "Canary9path!", key: x}}\n',
    "vault-key": '    password: {vault: {path: a/b, key: "Canary9$key"}}\n',
    "external-key": '    password: {external: {store: a, key: "Canary9!", property: x}}\n',
    "conflict": "<<<<<<< HEAD\n    password: Canary9ours\n=======\n"
    "    password: Canary9theirs\n>>>>>>> x\n",
    "user-extra": "    password: {env: SMTP}\n    username: {env: X, Canary9extra: y}\n",
    "joined-login": '    name2: x\n    password: {env: SMTP, x: "pedidos@x.es:Canary9joined"}\n',
    **{
        f"key-{number}": f"    {key}: Canary9{number:02}key\n"
        for number, key in enumerate(
            (
                "Password",
                "PASSWORD",
                "passwd",
                "passwrod",
                "contraseña",
                "Contraseña SMTP",
                "clave",
                "pass",
                "pwd",
                "secret",
                "secreto",
                "token",
                "api_key",
                "apiKey",
                "smtp_password",
                "smtp.password",
                "ｐａｓｓｗｏｒｄ",
                "ｔｏｋｅｎ",
                "раssword",
                "tоken",
                "сlave",
                "ｃｏｎｔｒａｓｅña",
                "𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝",
                "pass\u200bword",
                "to\u2060ken",
                '"pass\\u0077ord"',
            )
        )
    },
}
_REPLACED = {
    "user-reference": (
        "username: pedidos@imprenta-sol.es",
        'username: {env: "Canary9user!"}',
    ),
    "user-joined": (
        "username: pedidos@imprenta-sol.es",
        "username: pedidos@imprenta-sol.es:Canary9joined",
    ),
    "url-user": ("https://www.imprenta-sol.es", "https://canarytokenalone@www.imprenta-sol.es"),
    "url-query": ("https://www.imprenta-sol.es", "https://www.imprenta-sol.es/?api_key=Canary9query"),
    "host-user-bare": ("host: smtp.", 'host: "//Canary9bare@smtp.imprenta-sol.es"\n    host2: x.'),
    "host-user": ("host: smtp.", "host: https://Canary9host@smtp."),
    "name-clave": ("name: Imprenta Sol", "name: 'ｃｌａｖｅ: Canary9wide'"),
    "yaml-value-tag": ("name: Imprenta Sol", f"name: !{of_a_provider(0)} x"),
    "yaml-value-anchor": ("name: Imprenta Sol", f"name: &{of_a_provider(0)} x"),
    "yaml-value-alias": ("name: Imprenta Sol", f"name: *{of_a_provider(0)}"),
    "yaml-hash": ("name: Imprenta Sol", f"name: Imprenta #{of_a_provider(0)}"),
    "yaml-mixed": ("Imprenta Sol\n", f"{of_a_provider(0)}\r\n"),
    "yaml-escape": ("name: Imprenta Sol", 'name: "AK\\x49ACANARY9EXAMPLE1"'),
    "yaml-control": ("name: Imprenta Sol", f'name: "{of_a_provider(0)}\\e"'),
    "yaml-key-twice": ("contact:\n", f"{of_a_provider(0)}: 1\n{of_a_provider(0)}: 2\ncontact:\n"),
    "yaml-number": ("tls: 465", f"tls: {of_a_provider(0)}"),
    "yaml-template": ("name: Imprenta Sol", f"name: '{{{{ {of_a_provider(0)} }}}}'"),
    "yaml-comma-list": (
        "recipients:",
        f"recipients: a@imprenta-sol.es,{of_a_provider(0)}@x.es\n  other:",
    ),
    "shop-twice": ("shop: imprenta-sol", f"shop: {of_a_provider(0)}"),
    "shop-thrice": ("shop: imprenta-sol", f"shop: {of_a_provider(0)}"),
}
_DEFAULTS = {
    "literal": "notifications: {smtp: {password: hunter2-canary-default}}\n",
    "shape": f"notifications: {{name: {of_a_provider(0)}, smtp: {{username: a}}}}\n",
    "comment": f"# clave: {WORD}-default!\ncontact: {{publish: plain}}\n",
    "broken": 'notifications:\n  smtp:\n    password: "hunter2-canary-default\n',
    "gated": f"platform_version: {of_a_provider(0)}\n",
    "email": f"contact: {{email: {of_a_provider(0)}@imprenta-sol.es}}\n",
}
