"use strict";
// Turns the data of the page into tables that filter, sort and open. Text goes into text nodes only.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const severities = ["error", "warning", "note"];
  const perPage = 50;
  const byId = (id) => document.getElementById(id);

  /** Makes an element of a tag, its attributes and its children (elements or text). */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  /** Turns a message's pieces into nodes: values as code, our words as text. */
  const say = (pieces) => pieces.map(([text, value]) => (value ? make("code", {}, text) : text));

  const plain = (pieces) => pieces.map(([text]) => text).join("");

  /** A table: rows that pass a filter, in an order, a page at a time. */
  const grid = ({ rows, keys, first, head, body, pages, draw, empty, columns }) => {
    const state = { sort: first, down: false, page: 0, accepts: () => true };
    let shown = rows;

    const refresh = () => {
      shown = rows.filter(state.accepts);
      const key = keys[state.sort];
      const sign = state.down ? -1 : 1;
      // Equal rows keep the order that the report gave them.
      shown.sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        return x < y ? -sign : x > y ? sign : a.index - b.index;
      });
      state.page = Math.min(state.page, Math.max(0, Math.ceil(shown.length / perPage) - 1));
      paint();
    };

    const paint = () => {
      const from = state.page * perPage;
      const part = shown.slice(from, from + perPage);
      body.replaceChildren(...part.flatMap(draw));
      if (!part.length) {
        body.append(make("tr", {}, make("td", { colspan: columns(), class: "quiet" }, empty(rows))));
      }
      const count = make("span", { role: "status" }, fill(words.showing, {
        first: shown.length ? from + 1 : 0, last: from + part.length, total: shown.length,
      }));
      const turn = (word, by, off) => {
        const button = make("button", { type: "button", onclick: () => { state.page += by; paint(); pages.querySelectorAll("button")[by < 0 ? 0 : 1].focus(); } }, word);
        button.disabled = off;
        return button;
      };
      pages.hidden = false;
      const old = pages.querySelector("[role=status]");
      if (old) {
        // The same element stays, so that a screen reader hears the new count.
        old.textContent = count.textContent;
        const [back, on] = pages.querySelectorAll("button");
        back.disabled = from === 0;
        on.disabled = from + perPage >= shown.length;
      } else {
        pages.append(count, turn(words.before, -1, from === 0), turn(words.next, 1, from + perPage >= shown.length));
      }
    };

    for (const cell of head.querySelectorAll("th[data-sort]")) {
      const name = cell.dataset.sort;
      const button = make("button", { type: "button", onclick: () => {
        state.down = state.sort === name && !state.down;
        state.sort = name;
        state.page = 0;
        for (const other of head.querySelectorAll("th")) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        refresh();
      } }, ...cell.childNodes);
      cell.replaceChildren(button);
      if (name === state.sort) cell.setAttribute("aria-sort", "ascending");
    }

    return {
      filter(accepts) { state.accepts = accepts; state.page = 0; refresh(); },
      reveal(row) {
        const at = shown.indexOf(row);
        if (at >= 0) { state.page = Math.floor(at / perPage); paint(); }
      },
      paint,
    };
  };

  // Findings

  const findings = data.findings.map((finding, index) => ({
    ...finding,
    index,
    text: [plain(finding.message), plain(finding.help), finding.rule, finding.place, finding.pointer,
      ...finding.shops.slice(0, 100).map((shop) => data.shops[shop][0])].join("\n").toLowerCase(),
  }));
  const open = new Set();
  let onlyShop = -1;

  const shopNames = (finding) => {
    if (finding.shops.length === 1) return data.shops[finding.shops[0]][0];
    return finding.shops.length ? String(finding.shops.length) : "";
  };

  const snippet = (finding, [place, lines]) => {
    const figure = make("figure", { class: "snippet" }, make("figcaption", {}, place));
    if (!lines.length) return figure;
    const code = make("code");
    let due = lines[0][0];
    for (const [number, stretches, labels] of lines) {
      if (number !== due) code.append(make("span", { class: "line gap" }, make("span", { class: "ln" }, "⋮")));
      due = number + 1;
      const hit = stretches.some(([, kind]) => kind);
      const line = make("span", { class: hit ? "line hit" : "line" }, make("span", { class: "ln" }, String(number)));
      for (const [text, kind] of stretches) {
        const name = kind === 1 ? severities[finding.severity] : "related";
        line.append(kind ? make("mark", { class: name }, text) : text);
      }
      line.append("\n");
      code.append(line);
      for (const [, label] of labels) code.append(make("span", { class: "label" }, `↳ ${label}`));
    }
    const about = fill(words.source, { place });
    figure.append(make("pre", { tabindex: "0", role: "group", "aria-label": about }, code));
    return figure;
  };

  const shopList = (finding) => {
    const limit = 30;
    const some = finding.shops.slice(0, limit).flatMap((shop, index) => [
      index ? ", " : "",
      make("button", { type: "button", class: "plain", onclick: () => chooseShop(shop) }, data.shops[shop][0]),
    ]);
    const left = finding.shops.length - limit;
    return left > 0 ? [...some, ` ${fill(words.and_more, { count: left })}`] : some;
  };

  const related = (finding) => {
    const list = make("ul", {}, ...finding.related.map(([place, message]) =>
      make("li", {}, make("code", {}, place), " ", ...say(message))));
    if (finding.more) list.append(make("li", {}, fill(words.and_more, { count: finding.more })));
    return list;
  };

  const reason = ({ kind, reason: text }) => text || (kind === "baseline" ? words.baseline : words.no_reason);

  /** Counts the columns that are shown: a cell across hidden ones would make room for them. */
  const columnsOf = (head) => [...head.querySelectorAll("th")].filter((cell) => cell.getClientRects().length).length;
  const findingColumns = () => columnsOf(byId("finding-rows").parentElement.tHead);

  const detail = (finding) => {
    const facts = make("dl", { class: "facts" });
    const fact = (name, ...content) => facts.append(make("dt", {}, name), make("dd", {}, ...content));
    if (finding.help.length) fact(words.help, ...say(finding.help));
    if (finding.fix.length) fact(words.fix, ...say(finding.fix), ". ", words.fix_command);
    if (finding.suppressed) fact(words.reason, reason(finding.suppressed));
    if (finding.related.length) fact(words.related, related(finding));
    const rule = data.rules[finding.rule];
    fact(words.rule, make("code", {}, finding.rule), ...(rule ? [" ", ...say(rule.summary)] : []));
    if (rule) fact(words.why, ...say(rule.why));
    if (finding.pointer) fact(words.value, make("code", {}, finding.pointer));
    if (finding.shops.length) fact(words.shops, ...shopList(finding));
    fact(words.fingerprint, make("a", { href: `#f-${finding.print}` }, finding.print));
    const cell = make("td", { colspan: findingColumns() }, ...finding.snippets.map((each) => snippet(finding, each)), facts);
    return make("tr", { class: "detail", id: `detail-${finding.index}` }, cell);
  };

  const drawFinding = (finding) => {
    const name = severities[finding.severity];
    const isOpen = open.has(finding);
    const toggle = make("button", {
      type: "button", class: "toggle-row", "aria-expanded": String(isOpen),
      "aria-controls": isOpen ? `detail-${finding.index}` : null, id: `toggle-${finding.index}`,
      onclick: () => {
        if (!open.delete(finding)) open.add(finding);
        findingGrid.paint();
        byId(`toggle-${finding.index}`).focus();
      },
    }, ...say(finding.message));
    const badge = make("td", {}, make("span", { class: `badge ${name}` }, words[name]));
    if (finding.suppressed) badge.append(make("br"), make("span", { class: "badge hidden" }, words.suppressed));
    const row = make("tr", { class: isOpen ? "row open" : "row" },
      badge,
      make("td", {}, toggle, make("span", { class: "place" }, finding.place)),
      make("td", { class: "col-rule" }, make("code", {}, finding.rule)),
      make("td", { class: "col-shops" }, shopNames(finding)));
    return isOpen ? [row, detail(finding)] : [row];
  };

  const findingGrid = grid({
    rows: findings,
    keys: {
      severity: (finding) => finding.severity,
      place: (finding) => place(finding),
      rule: (finding) => finding.rule,
      shops: (finding) => -finding.shops.length,
    },
    first: "severity",
    head: byId("finding-rows").parentElement.tHead,
    body: byId("finding-rows"),
    pages: byId("finding-pages"),
    draw: drawFinding,
    empty: (rows) => (rows.length ? words.nothing_matches : words.no_findings),
    columns: findingColumns,
  });

  /** A place as a text that sorts by file, then by line and column as numbers. */
  function place(finding) {
    if (finding.key === undefined) {
      const [, path, line, column] = /^(.*):(\d+):(\d+)$/s.exec(finding.place);
      finding.key = `${path}\0${line.padStart(9, "0")}${column.padStart(9, "0")}`;
    }
    return finding.key;
  }

  const applyFilters = () => {
    const asked = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const group = byId("group").value;
    const fixable = byId("fixable").checked;
    const hidden = byId("hidden-too").checked;
    const wanted = new Set([...document.querySelectorAll("[data-severity]:checked")].map((box) => Number(box.dataset.severity)));
    findingGrid.filter((finding) => wanted.has(finding.severity)
      && (hidden || !finding.suppressed)
      && (!group || finding.rule.startsWith(`${group}/`))
      && (!fixable || finding.fix.length > 0)
      && (onlyShop < 0 || finding.shops.includes(onlyShop))
      && asked.every((word) => finding.text.includes(word)));
  };

  const chooseShop = (shop) => {
    onlyShop = shop;
    const chip = byId("shop-chip");
    chip.hidden = shop < 0;
    chip.textContent = shop < 0 ? "" : fill(words.only_shop, { shop: data.shops[shop][0] });
    chip.title = words.drop_shop;
    applyFilters();
    if (shop >= 0) byId("findings").focus();
  };

  const filters = byId("filters");
  let waiting = 0;
  filters.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(applyFilters, event.target.type === "search" ? 80 : 0);
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", () => setTimeout(() => chooseShop(-1)));
  byId("shop-chip").addEventListener("click", () => chooseShop(-1));
  for (const button of document.querySelectorAll("[data-group]")) {
    button.addEventListener("click", () => {
      byId("group").value = button.dataset.group;
      applyFilters();
      byId("findings").focus();
    });
  }

  // Shops

  const parts = (version) => version.replace(/^[Vv]/, "").replace(/\d+/g, (number) => number.padStart(9, "0"));
  const shops = data.shops.map(([name, path, version, counts], index) => ({
    name, path, version, counts, index, order: parts(version), text: `${name}\n${path}\n${version}`.toLowerCase(),
  }));

  const drawShop = (shop) => {
    const found = shop.counts.some(Boolean);
    const name = found
      ? make("button", { type: "button", class: "plain", onclick: () => chooseShop(shop.index) }, shop.name)
      : shop.name;
    const numbers = shop.counts.map((count, rank) => make("td", { class: "number" },
      count ? make("span", { class: `badge ${severities[rank]}` }, String(count)) : "0"));
    return [make("tr", { class: "row" }, make("td", {}, name), make("td", {}, shop.version || words.unknown), ...numbers,
      make("td", { class: "col-rule" }, ...(shop.path ? [make("code", {}, shop.path)] : [])))];
  };

  const shopGrid = grid({
    rows: shops,
    keys: {
      name: (shop) => shop.name,
      version: (shop) => shop.order,
      errors: (shop) => -shop.counts[0],
      warnings: (shop) => -shop.counts[1],
      notes: (shop) => -shop.counts[2],
      path: (shop) => shop.path,
    },
    first: "errors",
    head: byId("shop-rows").parentElement.tHead,
    body: byId("shop-rows"),
    pages: byId("shop-pages"),
    draw: drawShop,
    empty: () => words.no_shop_matches,
    columns: () => columnsOf(byId("shop-rows").parentElement.tHead),
  });

  const applyShopFilters = () => {
    const asked = byId("shop-search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = byId("shop-found").checked;
    shopGrid.filter((shop) => (!found || shop.counts.some(Boolean)) && asked.every((word) => shop.text.includes(word)));
  };
  byId("shop-filters").addEventListener("input", applyShopFilters);
  byId("shop-filters").addEventListener("submit", (event) => event.preventDefault());

  // Caches to empty

  if (byId("cache-rows")) {
    const whys = data.caches.whys.map(plain);
    const caches = data.caches.rows.map(([name, why, pages], index) => ({
      name, why, pages, index, text: [name, whys[why], ...pages].join("\n").toLowerCase(),
    }));
    const cacheGrid = grid({
      rows: caches,
      keys: { name: (cache) => cache.name, why: (cache) => cache.why },
      first: "name",
      head: byId("cache-rows").parentElement.tHead,
      body: byId("cache-rows"),
      pages: byId("cache-pages"),
      draw: (cache) => [make("tr", { class: "row" },
        make("td", {}, cache.name),
        make("td", {}, ...say(data.caches.whys[cache.why])),
        make("td", {}, ...cache.pages.map((page) => make("code", { class: "page" }, page))))],
      empty: () => words.no_cache_matches,
      columns: () => 3,
    });
    const applyCacheFilters = () => {
      const asked = byId("cache-search").value.toLowerCase().split(/\s+/).filter(Boolean);
      cacheGrid.filter((cache) => asked.every((word) => cache.text.includes(word)));
    };
    byId("cache-filters").addEventListener("input", applyCacheFilters);
    byId("cache-filters").addEventListener("submit", (event) => event.preventDefault());
    byId("cache-filters").hidden = caches.length <= 10;
    applyCacheFilters();
  }

  // A link to one finding opens it.

  const follow = () => {
    const named = decodeURIComponent(location.hash).replace(/^#f-/, "");
    const finding = findings.find((each) => each.print === named);
    if (!finding) return;
    filters.reset();
    byId("hidden-too").checked = Boolean(finding.suppressed);
    open.add(finding);
    applyFilters();
    findingGrid.reveal(finding);
    byId(`toggle-${finding.index}`).focus();
  };
  window.addEventListener("hashchange", follow);

  window.matchMedia("(max-width: 44rem)").addEventListener("change", () => findingGrid.paint());

  filters.hidden = findings.length === 0;
  byId("static-note").hidden = true;
  byId("shop-section").hidden = shops.length === 0;
  applyFilters();
  applyShopFilters();
  follow();
})();
