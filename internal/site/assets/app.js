// Filters, search, copying and theme. Pages read well without this file.
(function () {
  "use strict";
  var root = document.documentElement.dataset.root || "./";
  var saved = null;
  try { saved = localStorage.getItem("theme"); } catch (e) { saved = null; }
  if (saved) document.documentElement.dataset.theme = saved;
  document.addEventListener("click", function (ev) {
    var t = ev.target.closest("button");
    if (!t) return;
    if (t.dataset.copy) {
      var from = document.getElementById(t.dataset.copy);
      var text = Array.prototype.map.call(from.tagName === "OL" ? from.children : [from], function (li) { return li.textContent; }).join("\n");
      navigator.clipboard.writeText(text).then(function () { t.textContent = "Copied"; setTimeout(function () { t.textContent = "Copy"; }, 1500); });
    }
    if (t.id === "theme") {
      var dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      document.documentElement.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch (e) { /* private window */ }
    }
  });
  document.addEventListener("keydown", function (ev) {
    if (ev.ctrlKey || ev.metaKey || ev.altKey || /INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) return;
    if (ev.key === "/") { var q = document.getElementById("q"); if (q) { q.focus(); ev.preventDefault(); } return; }
    if (ev.key !== "j" && ev.key !== "k" && ev.key !== "o") return;
    var links = Array.prototype.slice.call(document.querySelectorAll(".item h3 a"));
    if (!links.length) return;
    var i = links.indexOf(document.activeElement);
    if (ev.key === "o") { if (i >= 0) links[i].click(); return; }
    i = ev.key === "j" ? Math.min(i + 1, links.length - 1) : Math.max(i - 1, 0);
    links[i].focus();
  });

  // Search: the words' rules come from small files by the words' first letters.
  var results = document.getElementById("results");
  if (!results) return;
  var status = document.getElementById("status");
  var box = document.getElementById("search-q");
  var rules = null, shards = {}, there = {};
  function get(path) {
    return fetch(root + path).then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); });
  }
  function load() {
    return rules ? Promise.resolve(rules) : get("search/rules.json").then(function (d) {
      rules = d.rules;
      d.shards.forEach(function (k) { there[k] = true; });
      return rules;
    });
  }
  function shard(word) {
    var k = word.slice(0, 2).replace(/[^a-z0-9_]/g, "_");
    if (k.length < 2) k += "_";
    if (!there[k]) return Promise.resolve({});
    if (!shards[k]) shards[k] = get("search/w/" + k + ".json").catch(function () { return {}; });
    return shards[k];
  }
  var order = { informational: 1, low: 2, medium: 3, high: 4 };
  function parse(q) {
    var out = [], re = /(-?)(?:(table|technique|tactic|severity|runs|source|kind|tag|id|name):)?(>=|<=|>|<)?(?:"([^"]*)"|(\S+))/g, m;
    while ((m = re.exec(q))) out.push({ not: !!m[1], field: m[2], op: m[3] || "", value: (m[4] !== undefined ? m[4] : m[5]).toLowerCase() });
    return out;
  }
  function same(list, v) { return (list || []).some(function (x) { return x.toLowerCase() === v; }); }
  function field(r, t) {
    switch (t.field) {
      case "table": return same(r.tb, t.value);
      case "technique": return (r.tq || []).some(function (x) { x = x.toLowerCase(); return x === t.value || x.indexOf(t.value + ".") === 0; });
      case "tactic": return same(r.ta, t.value);
      case "tag": return same(r.tg, t.value);
      case "source": return same(r.so, t.value);
      case "kind": return (r.k || "").toLowerCase() === t.value;
      case "id": return r.i === t.value;
      case "name": return r.n.toLowerCase().indexOf(t.value) >= 0;
      case "runs": var yes = r.v === "runs" || r.v === "fires"; return t.value === "yes" ? yes : t.value === "no" ? !yes : r.v === t.value;
      case "severity":
        var a = order[(r.s || "").toLowerCase()] || 0, b = order[t.value] || 0;
        if (!a) return false;
        return t.op === ">=" ? a >= b : t.op === "<=" ? a <= b : t.op === ">" ? a > b : t.op === "<" ? a < b : a === b;
    }
    return false;
  }
  function text(t) {
    var words = t.value.split(/[^a-z0-9_\u0080-\uffff]+/).filter(Boolean);
    return Promise.all(words.map(function (w) {
      return shard(w).then(function (s) {
        var hit = {};
        Object.keys(s).forEach(function (k) { if (k.indexOf(w) === 0) s[k].forEach(function (n) { hit[n] = true; }); });
        return hit;
      });
    })).then(function (hits) {
      return function (n) { return hits.length > 0 && hits.every(function (h) { return h[n]; }); };
    });
  }
  function show(list, n) {
    results.textContent = "";
    list.slice(0, 200).forEach(function (r) {
      var d = document.createElement("div"); d.className = "item";
      var h = document.createElement("h3"), a = document.createElement("a"), p = document.createElement("p"), dot = document.createElement("span");
      a.href = root + "rules/" + r.i + "/"; a.textContent = r.n || r.i;
      dot.className = "dot " + r.v; dot.title = r.v;
      h.appendChild(dot); h.appendChild(a); d.appendChild(h);
      p.className = "small mute"; p.textContent = [r.s, r.v, (r.tq || []).join(", "), (r.tb || []).join(", "), (r.so || []).join(", ")].filter(Boolean).join(" · ");
      d.appendChild(p); results.appendChild(d);
    });
    status.textContent = n + (n === 1 ? " rule" : " rules") + (n > 200 ? ", the first 200 are shown" : "");
  }
  function run(push) {
    var q = box.value.trim();
    if (push) history.replaceState(null, "", "?q=" + encodeURIComponent(q));
    load().then(function (all) {
      var terms = parse(q);
      return Promise.all(terms.map(function (t) {
        return t.field ? Promise.resolve(function (n) { return field(all[n], t); }) : text(t);
      })).then(function (tests) {
        var hits = [];
        all.forEach(function (r, n) {
          for (var i = 0; i < tests.length; i++) if (tests[i](n) === terms[i].not) return;
          hits.push(r);
        });
        var plain = terms.filter(function (t) { return !t.field && !t.not; }).map(function (t) { return t.value; });
        hits.sort(function (a, b) {
          function score(r) { var n = r.n.toLowerCase(); return plain.filter(function (w) { return n.indexOf(w) >= 0; }).length; }
          return score(b) - score(a) || a.n.localeCompare(b.n);
        });
        show(hits, hits.length);
      });
    }).catch(function () { status.textContent = "The search index could not be loaded. Opened from a file? Serve the folder over HTTP."; });
  }
  box.value = new URLSearchParams(location.search).get("q") || "";
  var timer = 0;
  box.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(function () { run(true); }, 120); });
  box.form.addEventListener("submit", function (ev) { ev.preventDefault(); run(true); });
  run(false);
})();
