"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const head = JSON.parse(at("head").textContent);
  const lines = at("steps").textContent.split("\n").slice(1, -1);
  at("steps").remove();

  const ROWS = 40; // in one block of the list, which is made when it comes into view
  const HEAD = 4000; // characters of a long value that are shown at first
  const PRINTED = 5000; // steps
  const FEW = 60; // steps that are open from the beginning

  // A number that JavaScript would write otherwise stays as it was recorded.
  const exact = (key, value, source) =>
    typeof value === "number" && JSON.rawJSON && source && source.source !== String(value)
      ? JSON.rawJSON(source.source)
      : value;
  const step = (number) => JSON.parse(lines[number].replace(/,$/, ""), exact);
  const json = (value) => JSON.stringify(value, null, 2);
  const flat = (value) => (typeof value === "string" ? value : JSON.stringify(value));

  // What acts, hides or reorders text is spelled out; joined emoji stay whole.
  const HIDDEN =
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufe00-\ufe0f\u034f\u17b4\u17b5\u3164\uffa0\u{e0100}-\u{e01ef}]/gu;
  const visible = (text) =>
    String(text).replace(HIDDEN, (char, place, all) => {
      if (char === "\n" || char === "\t") return char;
      const joins = char === "\u200d" || char === "\ufe0f";
      if (joins && /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u.test(all.slice(0, place).slice(-2)))
        return char;
      return `\\u{${char.codePointAt(0).toString(16)}}`;
    });

  let query = "";
  // The one place where text comes into the page: as text, never as markup.
  const write = (node, text) => {
    const shown = visible(text);
    const low = shown.toLowerCase();
    let from = 0;
    if (query && low.length === shown.length)
      for (let hit = low.indexOf(query); hit >= 0; hit = low.indexOf(query, from)) {
        node.append(document.createTextNode(shown.slice(from, hit)));
        const mark = document.createElement("mark");
        from = hit + query.length;
        mark.append(document.createTextNode(shown.slice(hit, from)));
        node.append(mark);
      }
    node.append(document.createTextNode(shown.slice(from)));
  };
  const make = (tag, kind, ...inner) => {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    for (const each of inner) each instanceof Node ? node.append(each) : write(node, each);
    return node;
  };
  const button = (words, act) => {
    const node = make("button", "", words);
    node.type = "button";
    node.onclick = act;
    return node;
  };

  // A step in a line, and what stands below it when it is open.
  const one = (text) => {
    const cut = String(text ?? "").slice(0, 300).replace(/\s+/g, " ").trim();
    return cut.length > 160 ? `${cut.slice(0, 159)}…` : cut;
  };
  const STATUS = { waiting: "It has not been made.", started: "It went out, and nothing came back." };
  const told = (s) => {
    const c = s.content;
    const failed = c.is_error === true;
    switch (s.kind) {
      case "start":
        return ["The run began", "", [["Workflow", c.workflow], ["Settings", c.settings]]];
      case "user":
        return ["The person", c.text, [["", c.text], ["Blocks", c.content?.length ? c.content : undefined]]];
      case "reply": {
        const names = Array.isArray(c.calls) ? c.calls.join(", ") : "";
        const odd = ["end_turn", "tool_use", null, undefined].includes(c.stop_reason);
        const parts = [["", c.text || undefined], ["Also in the reply", c.blocks]];
        return [names ? `The model calls ${names}` : "The model", c.text, [...parts, ["It stopped", odd ? undefined : c.stop_reason]]];
      }
      case "call": {
        const given = ["Arguments", c.arguments];
        if (STATUS[c.status]) return [`Call of ${s.name}`, STATUS[c.status], [given, ["", STATUS[c.status]]]];
        const gist = `${flat(c.arguments ?? "")} → ${flat(c.result ?? null)}`;
        const late = c.abandoned ? "Its time was up; it may have gone on." : undefined;
        const parts = [given, [failed ? "Error" : "Result", c.result ?? null], ["", late]];
        return [`Call of ${s.name}${failed ? " failed" : ""}`, gist, [...parts, ["It wrote", c.output || undefined]]];
      }
      case "no_reply":
        return ["No reply", c.error, [["Error", c.error]]];
      case "transition":
        return [`State ${s.name}`, c.reason, [["Why", c.reason || undefined]]];
      case "context":
        return [`Context ${s.name}`, flat(c.value ?? null), [["Value", c.value ?? null]]];
      case "end":
        return [`End: ${c.outcome}`, c.why, [["Why", c.why || undefined]]];
      default:
        return [`${s.kind} ${s.name}`.trim(), "", [["", c]]];
    }
  };

  const box = (value) => {
    const text = typeof value === "string" ? value : json(value);
    const pre = make("pre", typeof value === "string" ? "said" : "", text.slice(0, HEAD));
    if (text.length > HEAD) {
      const more = button(`Show all ${text.length.toLocaleString("en")} characters`, () => pre.replaceChildren(make("span", "", text)));
      pre.append(make("span", "", "…\n"), more);
    }
    return pre;
  };

  // Lines of both texts; long ones are compared only between what they have in common at both ends.
  const difference = (old, now) => {
    const [a, b] = [old, now].map((v) => (typeof v === "string" ? v : json(v)).split("\n"));
    let begin = 0, end = 0;
    while (begin < Math.min(a.length, b.length) && a[begin] === b[begin]) begin++;
    while (end < Math.min(a.length, b.length) - begin && a.at(-1 - end) === b.at(-1 - end)) end++;
    const [x, y] = [a, b].map((l) => l.slice(begin, l.length - end));
    const out = a.slice(Math.max(0, begin - 3), begin).map((l) => [" ", l]);
    const most = x.length * y.length <= 1e6 ? x.length : 0;
    const best = Array.from({ length: most + 1 }, () => new Uint32Array(y.length + 1));
    for (let i = most - 1; i >= 0; i--)
      for (let j = y.length - 1; j >= 0; j--)
        best[i][j] = x[i] === y[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    let i = 0, j = 0;
    while (i < x.length || j < y.length)
      if (most && i < x.length && j < y.length && x[i] === y[j]) out.push([" ", x[i++]], ...(j++, []));
      else if (i < x.length && (!most || j >= y.length || best[i + 1][j] >= best[i][j + 1])) out.push(["-", x[i++]]);
      else out.push(["+", y[j++]]);
    out.push(...a.slice(a.length - end, a.length - end + 3).map((l) => [" ", l]));
    const kinds = { "-": "del", "+": "ins", " ": "span" };
    return make("pre", "diff", ...out.flatMap(([sign, line]) => [make(kinds[sign], "", `${sign} ${line}`), "\n"]));
  };

  const body = (s, parts) => {
    const node = make("div", "body");
    const named = (name, inner) => node.append(...(name ? [make("h3", "", name)] : []), inner);
    if (s.told) node.append(make("p", "told", s.told));
    if (s.edit) named("What the edit changed", difference(s.edit[0], s.edit[1]));
    for (const [name, value] of parts) if (value !== undefined) named(name, box(value));
    if (s.context) {
      const list = make("dl", "changes");
      for (const [name, was, is] of s.context) {
        const [old, now] = [was, is].map((v) => (v.length ? json(v[0]) : "nothing"));
        list.append(make("dt", "", name), make("dd", "", make("del", "", old), " → ", make("ins", "", now)));
      }
      named("Context", list);
    }
    const raw = make("details", "raw", make("summary", "", "As data"));
    raw.ontoggle = () => raw.open && raw.childElementCount === 1 && raw.append(box(s));
    node.append(raw);
    return node;
  };

  const toggled = new Map();
  let openAll = null;
  let order = [];
  const isOpen = (number, s) => toggled.get(number) ?? openAll ?? (order.length <= FEW && s.kind !== "start");
  const row = (number) => {
    const s = step(number);
    const [title, gist, parts] = told(s);
    const mark = head.marks[s.source];
    const link = make("a", "number", `${s.step}`);
    link.href = `#b${shown}r${s.record}`;
    link.title = `record ${s.record}, ${s.at}`;
    const bits = [link, make("b", "", one(title))];
    if (mark) bits.push(make("span", "badge", mark));
    bits.push(make("span", "gist", one(gist || s.told)));
    if (s.spent || s.ms) bits.push(make("small", "", [s.spent, s.ms && `${s.ms} ms`].filter(Boolean).join(" · ")));
    const node = make("details", `step ${/^\w+$/.test(s.kind) ? s.kind : ""}`, make("summary", "", ...bits));
    if (mark) node.classList.add("marked");
    if (s.content.is_error === true || s.kind === "no_reply") node.classList.add("failed");
    node.dataset.record = s.record;
    const fill = () => node.childElementCount === 1 && node.append(body(s, parts));
    node.ontoggle = () => {
      toggled.set(number, node.open);
      if (node.open) fill();
    };
    if (isOpen(number, s)) {
      fill();
      node.open = true;
    }
    return node;
  };

  // The list in blocks: one that is far from view keeps its height, and has no rows.
  let printing = false;
  const blockOf = new Map();
  const fill = (block) => {
    if (block.childElementCount) return;
    const begin = Number(block.dataset.begin);
    block.style.height = "";
    block.append(...order.slice(begin, begin + ROWS).map(row));
  };
  const empty = (block) => {
    if (printing || !block.childElementCount || block.contains(document.activeElement)) return;
    block.style.height = `${block.offsetHeight}px`;
    block.replaceChildren();
  };
  const watch = new IntersectionObserver(
    (seen) => seen.forEach((each) => (each.isIntersecting ? fill : empty)(each.target)),
    { rootMargin: "1200px" },
  );
  const lay = () => {
    watch.disconnect();
    blockOf.clear();
    const blocks = [];
    for (let begin = 0; begin < order.length; begin += ROWS) {
      const block = make("div", "block");
      block.dataset.begin = begin;
      block.style.height = `${Math.min(ROWS, order.length - begin) * 34}px`;
      blocks.push(block);
      blockOf.set(begin, block);
    }
    at("list").replaceChildren(...blocks);
    if (blocks.length) fill(blocks[0]);
    blocks.forEach((block) => watch.observe(block));
    at("cut").hidden = true;
  };

  // Which steps: those of a branch, of a kind, with these words in them.
  const orders = [];
  const stepsOf = (number) => {
    const b = head.branches[number];
    return (orders[number] ??= b.elder === null ? b.own : [...stepsOf(b.elder).slice(0, b.shared), ...b.own]);
  };
  const kindIs = {
    failed: (s) => s.content.is_error === true || s.kind === "no_reply",
    hand: (s) => ["edited", "forced", "injected"].includes(s.source),
  };
  const texts = (value) =>
    value && typeof value === "object"
      ? Object.entries(value).flatMap(([key, inner]) => [...(Array.isArray(value) ? [] : [key]), ...texts(inner)])
      : [String(value)];
  const has = (s) => {
    const [title, , parts] = told(s);
    const all = [title, s.told, head.marks[s.source] ?? "", ...texts(parts.map((part) => part[1])), ...texts(s.edit ?? [])];
    return all.some((text) => visible(text).toLowerCase().includes(query));
  };
  const choose = () => {
    const kind = at("kind").value;
    query = at("find").value.toLowerCase();
    const all = stepsOf(shown);
    const fits = (s) => (!kind || (kindIs[kind] ?? ((each) => each.kind === kind))(s)) && (!query || has(s));
    order = kind || query ? all.filter((number) => fits(JSON.parse(lines[number].replace(/,$/, "")))) : all;
    const [some, most] = [order.length, all.length].map((count) => count.toLocaleString("en"));
    at("count").textContent = some === most ? `${most} steps` : `${some} of ${most} steps`;
    lay();
  };

  // Which branch, and where on it.
  let shown = head.shown;
  const show = (number) => {
    shown = number;
    const b = head.branches[number];
    document.title = visible(`${head.file} · ${b.name}`);
    at("title").replaceChildren(make("span", "", b.workflow), " ", make("small", "", `${head.file} · ${b.name}`));
    const end = `${b.outcome ?? "not finished"}${b.state ? ` in ${b.state}` : ""}${b.why ? `: ${b.why}` : ""}`;
    const facts = [["", b.description], ["Ended", end], ["Model", b.model], ["Began", b.began], ["Spent", b.spent], ["Branch", b.about]];
    at("facts").replaceChildren(...facts.filter((f) => f[1]).flatMap(([n, v]) => [make("dt", "", n), make("dd", "", v)]));
    at("context").replaceChildren(Object.keys(b.context).length ? box(b.context) : make("p", "", "nothing"));
    states(number);
    [...at("branches").children].forEach((each, place) => {
      place === number ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
    });
    choose();
  };
  const goTo = (record) => {
    const all = stepsOf(shown);
    const number = all.find((each) => step(each).record >= record);
    if (number === undefined) return;
    if (!order.includes(number)) {
      at("kind").value = at("find").value = "";
      choose();
    }
    toggled.set(number, true);
    const place = order.indexOf(number);
    const block = blockOf.get(place - (place % ROWS));
    block.replaceChildren();
    fill(block);
    const found = block.children[place % ROWS];
    found.scrollIntoView({ block: "start" });
    found.firstElementChild.focus({ preventScroll: true });
  };
  // The states in reading order, and beside them each way from one to another as a line in a lane.
  const SVG = at("states").firstElementChild.namespaceURI;
  const ROW = 26, LANE = 11, LANES = 14;
  const times = (count) => (count === 1 ? "once" : `${count} times`);
  const draw = (tag, parts, ...inner) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(parts)) node.setAttribute(name, value);
    node.append(...inner);
    return node;
  };
  const way = (states, [from, to, , label, count]) =>
    `${states[from][0]} → ${states[to][0]}: ${label}${count ? `, taken ${times(count)}` : ""}`;
  const machine = ({ states, edges }) => {
    const ways = new Map();
    for (const edge of edges) {
      const key = `${edge[0]} ${edge[1]}`;
      ways.set(key, [...(ways.get(key) ?? []), edge]);
    }
    const span = (all) => Math.abs(all[0][0] - all[0][1]);
    const lanes = [];
    const lines = [...ways.values()].sort((a, b) => span(a) - span(b)).map((all) => {
      const [from, to] = all[0];
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      const free = lanes.findIndex((lane) => lane.every(([a, b]) => high < a || low > b));
      const lane = free >= 0 ? free : Math.min(lanes.length, LANES - 1);
      (lanes[lane] ??= []).push([low, high]);
      const x = 14 + lane * LANE;
      const out = from * ROW + ROW / 2 + 4;
      const into = to * ROW + ROW / 2 - 4;
      const turn = Math.sign(into - out) * Math.min(5, Math.abs(into - out) / 2);
      const d = `M0,${out}H${x - 5}Q${x},${out} ${x},${out + turn}V${into - turn}Q${x},${into} ${x - 5},${into}H6M6,${into - 4}L1,${into}L6,${into + 4}`;
      const taken = all.some((edge) => edge[4]) ? "taken" : "";
      const kind = all.every((edge) => edge[2] === "forced") ? "forced" : all.every((edge) => edge[2] !== "row") ? "error" : "";
      const title = draw("title", {});
      write(title, all.map((edge) => way(states, edge)).join("\n"));
      return draw("path", { d, class: `${taken} ${kind}`.trim() }, title);
    });
    lines.sort((a, b) => Number(a.classList.contains("taken")) - Number(b.classList.contains("taken")));
    const [wide, high] = [20 + Math.max(1, lanes.length) * LANE, states.length * ROW];
    const picture = draw("svg", { width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": "State graph" }, ...lines);
    const names = states.map(([name, count, record]) => {
      const node = make(count ? "a" : "span", count ? "entered" : "", name);
      if (count) node.href = `#b${shown}r${record}`;
      node.title = visible(`${name}, ${count ? `entered ${times(count)}` : "not entered"}`);
      return make("li", "", node);
    });
    const told = edges.map((edge) => make("li", edge[4] ? "entered" : "", way(states, edge)));
    const list = make("details", "", make("summary", "", `Transitions (${edges.length})`), make("ul", "", ...told));
    return [make("div", "machine", make("ol", "", ...names), picture), list];
  };
  const states = (number) => {
    const graph = head.branches[number].graph;
    at("graph").hidden = !graph;
    at("states").replaceChildren(...(graph ? machine(graph) : []));
  };
  const depth = (b) => (b.elder === null ? 0 : 1 + depth(head.branches[b.elder]));
  at("branches").append(
    ...head.branches.map((b, number) => {
      const node = button(`${b.elder === null ? "" : "└ "}${b.name}`, () => {
        location.hash = `b${number}`;
      });
      node.append(make("small", "", ` ${b.outcome ?? "not finished"}`));
      node.style.marginLeft = `${Math.min(8, depth(b))}em`;
      if (b.pruned) node.classList.add("pruned");
      if (b.about) node.title = visible(b.about);
      return node;
    }),
  );
  const follow = () => {
    const [, branch, record] = /^#(?:b(\d{1,9}))?(?:r(\d{1,15}))?$/.exec(location.hash) ?? [];
    const number = branch === undefined ? shown : Number(branch);
    if (number !== shown && head.branches[number]) show(number);
    if (record !== undefined) goTo(Number(record));
  };

  let waiting = 0;
  at("find").oninput = () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, 120);
  };
  at("kind").onchange = choose;
  at("tools").onsubmit = (event) => event.preventDefault();
  const foldAll = (open) => () => {
    toggled.clear();
    openAll = open;
    lay();
  };
  at("open").onclick = foldAll(true);
  at("shut").onclick = foldAll(false);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    at("find").focus();
  });
  addEventListener("beforeprint", () => {
    printing = true;
    const blocks = [...blockOf.values()];
    blocks.slice(0, PRINTED / ROWS).forEach(fill);
    at("cut").hidden = order.length <= PRINTED;
  });
  addEventListener("afterprint", () => {
    printing = false;
    lay();
  });
  addEventListener("hashchange", follow);
  if (matchMedia("(max-width: 50em)").matches) for (const id of ["graph", "now"]) at(id).open = false;
  show(shown);
  follow();
  document.documentElement.dataset.ready = performance.now();
})();
