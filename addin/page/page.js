// What is seen and clicked. Whatever comes from a file is put into the page as text, never as HTML.
"use strict";
const MOST_BYTES = 64 * 1024 * 1024;
const ROWS = 100;
const BOOK = /\.(xlsx|xlsm|xls|et|ods)$/i;
const by = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

// Python ----------------------------------------------------------------------------------------------------------------

async function unpackedText(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

// One piece of work after the other; stopping ends the worker, and begins a new one.
const python = {
  worker: null, waiting: new Map(), number: 0, last: Promise.resolve(), address: null, round: 0,

  async begin() {
    this.round += 1;
    const round = this.round;
    if (!this.address) {
      const script = await unpackedText(by("part-runtime").textContent);
      this.address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    }
    if (round !== this.round) return;
    this.worker = new Worker(this.address);
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = () => this.fail("这个浏览器没能启动；请关掉别的网页和程序，再打开一次");
    const parts = Object.fromEntries(["wasm", "library", "site"].map((name) => [name, by(`part-${name}`).textContent]));
    this.ready = this.send({ begin: { parts, known: KNOWN } });
    await this.ready;
  },

  send(message, words) {
    return new Promise((resolve, reject) => {
      this.number += 1;
      this.waiting.set(this.number, { resolve, reject, words });
      this.worker.postMessage({ number: this.number, ...message });
    });
  },

  hear({ number, told, files, words, broken }) {
    const asked = this.waiting.get(number);
    if (!asked) return;
    if (words) {
      if (asked.words) asked.words(words);
      return;
    }
    this.waiting.delete(number);
    if (broken) {
      console.error(broken);
      asked.reject({ broken });
    } else asked.resolve({ told, files: files || [] });
  },

  fail(reason) {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const asked of all) asked.reject({ reason });
  },

  ask(ask, files, words) {
    const round = this.round;
    const turn = async () => {
      if (round !== this.round) throw { stopped: true };
      await this.ready;
      return this.send({ ask, files: await files() }, words);
    };
    const done = this.last.then(turn, turn);
    this.last = done.catch(() => {});
    return done;
  },

  stop() {
    if (this.worker) this.worker.terminate();
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const asked of all) asked.reject({ stopped: true });
    this.last = Promise.resolve();
    start();
  },
};

// What is told where something did not work; nothing where somebody stopped it.
function failure(error) {
  if (error && error.stopped) return "停下了，没有做完。";
  if (error && error.reason) return error.reason;
  if (error && error.broken) return /memory|allocat/i.test(error.broken)
    ? "内存不够，没有做成；请关掉别的网页和程序，再试一次。原文件没有动。"
    : "程序出了毛病，没有做成；请再试一次。原文件没有动。";
  return error && error.name === "NotReadableError" ? "文件读不了：可能移走了，或正被别的程序占用；请关闭那个程序再试。" : "文件读不了；请再选一次。";
}

async function start() {
  state("正在准备，请稍候……");
  const round = python.round + 1;
  try {
    await python.begin();
    if (round === python.round) state("准备好了");
  } catch (error) {
    if (!error.stopped) state(error.reason || "没能准备好：内存可能不够；请关掉别的网页和程序，再打开一次");
  }
}

// Progress --------------------------------------------------------------------------------------------------------------

function state(words) {
  by("state").textContent = words;
}

const busy = {
  all: 0, done: 0, since: 0, words: "", timer: null,

  async over(words, work) {
    if (this.all === 0) this.since = Date.now();
    this.all += 1;
    this.words ||= words;
    this.show();
    this.timer ||= setInterval(() => this.show(), 500);
    try {
      return await work((more) => {
        this.words = `${words}：${more}`;
        this.show();
      });
    } finally {
      this.done += 1;
      if (this.done === this.all) {
        clearInterval(this.timer);
        Object.assign(this, { all: 0, done: 0, words: "", timer: null });
      }
      this.show();
    }
  },

  show() {
    by("work").hidden = this.all === 0;
    if (this.all === 0) return;
    const seconds = Math.round((Date.now() - this.since) / 1000);
    const count = this.all > 1 ? `（${this.done + 1}／${this.all}）` : "";
    by("doing").textContent = `${this.words}${count}……${seconds > 1 ? `已用 ${seconds} 秒` : ""}`;
    const bar = by("progress");
    if (this.all > 1) {
      bar.max = this.all;
      bar.value = this.done;
    } else bar.removeAttribute("value");
  },
};

// Files that are made ------------------------------------------------------------------------------------------------------

const unsaved = new Set();

function saving(blob, name, words) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { class: "save", href: address, download: name }, words);
  unsaved.add(link);
  link.addEventListener("click", () => {
    unsaved.delete(link);
    link.textContent = `已存到“下载”里；没找到就再点一次`;
  });
  return link;
}

function dropped(link) {
  unsaved.delete(link);
  URL.revokeObjectURL(link.href);
}

window.addEventListener("beforeunload", (event) => {
  if (unsaved.size || busy.all) {
    event.preventDefault();
    event.returnValue = "";
  }
});

// A piece of work that makes files: they, and what else is to be shown of it, in a box. shown: what that is, of what is told.
async function produce(ask, title, words, files = async () => [], place = by("made"), shown = () => []) {
  const box = make("article", {}, make("h3", {}, title));
  try {
    const { told, files: made } = await busy.over(words, (say) => python.ask(ask, files, say));
    if (!place.isConnected) return; // moved away meanwhile
    if (told.refused) box.append(make("p", { class: "verdict error" }, told.refused));
    else {
      box.append(make("p", { class: "verdict fine" }, `做好了，请保存。${told.words || ""}`));
      box.append(make("p", { class: "buttons" }, ...made.map((file) => saving(new Blob([file.bytes]), file.name, `保存 ${file.name}`))), ...shown(told));
    }
  } catch (error) {
    box.append(make("p", { class: "verdict warning" }, failure(error)));
  }
  place.prepend(box);
  const first = box.querySelector("a.save");
  if (first) first.focus();
}

// Blank books ---------------------------------------------------------------------------------------------------------------

function schemesWith(text) {
  const words = text.trim().split(/\s+/).filter(Boolean);
  return KNOWN.schemes.filter((one) => words.every((word) => `${one.place}${one.year}${one.title}${one.id}`.includes(word)));
}

// The place and the year are told once; most titles have them.
function schemeOption(one) {
  const before = [one.place, String(one.year)].filter((word) => !one.title.includes(word)).join("");
  return make("option", { value: one.id }, `${before ? `${before} · ` : ""}${one.title}（${one.units} 个单位，${one.indicators} 项）`);
}

function listSchemes() {
  const found = schemesWith(by("search").value);
  by("schemes").replaceChildren(...found.map(schemeOption));
  if (found.length) by("schemes").selectedIndex = 0;
  by("generate").disabled = by("define").disabled = !found.length;
  listReadings();
}

// Clauses that can be read in several ways: the scheme's own reading is chosen, until somebody chooses another.
function listReadings() {
  for (const old of document.querySelectorAll("#choices .reading")) old.remove();
  const one = chosen();
  const readings = one ? one.readings : [];
  by("other").hidden = !readings.length;
  by("other").firstElementChild.textContent = `换一种读法（原文有 ${readings.length} 处可以有几种理解）`;
  for (const reading of readings) {
    const option = ([name, says]) =>
      make("option", { value: name, selected: name === reading.takes }, `${name}${name === reading.takes ? "（方案所取）" : ""}：${says}`);
    const select = make("select", { "data-reading": reading.id }, ...Object.entries(reading.options).map(option));
    by("choices").append(make("label", { class: "reading" }, `读法：${reading.id}`, select));
  }
}

// What is chosen otherwise than the scheme has it.
function takes(one) {
  const selects = [...document.querySelectorAll("#choices .reading select")];
  const given = selects.map((select) => [select.dataset.reading, select.value]);
  return Object.fromEntries(given.filter(([id, value]) => value !== one.readings.find((reading) => reading.id === id).takes));
}

function chosen() {
  return KNOWN.schemes.find((one) => one.id === by("schemes").value);
}

by("search").addEventListener("input", listSchemes);
by("schemes").addEventListener("change", listReadings);
by("generate").addEventListener("click", () => {
  const one = chosen();
  if (one) produce({ do: "generate", scheme: one.id, view: by("view").value, takes: takes(one) }, `空白表：${one.title}`, "正在生成空白表");
});
by("define").addEventListener("click", () => {
  const one = chosen();
  if (one) produce({ do: "definition_book", scheme: one.id }, `定义簿：${one.title}`, "正在生成定义簿");
});

// Books ---------------------------------------------------------------------------------------------------------------------

const COMPARE = "同哪一个方案比？一条一条列出单位、分值、目标、规则哪里不同。";
const WHAT_IF = "簿里的数，按哪一个办法算？各单位的总分、位次原来是多少、会是多少，并排列出；这本簿不改。";
const OWN_RULES = "用哪一本填好的总簿来算？它的数按这个办法会得多少分、排第几，同原来的并排列出；那本簿不改。";
const FILL = "把导出的数据表（.xlsx）、数值文件（.yaml）或同一方案填好的另一本簿里的数填进来；有一个数不能用，就一个也不填。";
let places = 0;
const books = new Set();

function step(word, ...buttons) {
  return make("span", { class: "step", role: "group", "aria-label": word }, make("span", {}, word), ...buttons);
}

class Book {
  constructor(file) {
    this.file = file;
    this.place = String((places += 1));
    this.round = -1;
    this.box = make("article", { "data-name": file.name });
    this.said = make("p", { class: "verdict", role: "status" }, "等着检查……");
    this.title = make("p", { class: "title" });
    this.buttons = make("p", { class: "buttons" });
    this.more = make("p", { class: "buttons" });
    this.made = make("div", { class: "made" });
    this.below = make("div");
    const away = make("button", { type: "button", class: "away", "aria-label": `移走 ${file.name}`, onclick: () => this.away() }, "移走");
    this.box.append(make("div", { class: "head" }, make("h3", {}, file.name), away), this.title, this.said, this.buttons, this.more, this.made, this.below);
    books.add(this);
  }

  // Takes it off the page; what is not saved yet only when somebody says so.
  away() {
    const links = [...this.box.querySelectorAll("a.save")];
    if (links.some((link) => unsaved.has(link)) && !confirm("这里有做好了还没有保存的文件，移走就没有了。要移走吗？")) return;
    links.forEach(dropped);
    books.delete(this);
    this.box.remove();
  }

  get path() {
    return `/books/${this.place}/${this.file.name}`;
  }

  // The worker keeps a file that it was given once; a new worker has none.
  async files() {
    if (this.round === python.round) return [];
    const bytes = new Uint8Array(await this.file.arrayBuffer());
    this.round = python.round;
    return [{ place: this.place, name: this.file.name, bytes }];
  }

  ask(ask, words) {
    return busy.over(words, (say) => python.ask({ ...ask, path: this.path }, () => this.files(), say));
  }

  say(words, grade) {
    this.said.textContent = words;
    this.said.className = `verdict ${grade}`;
  }

  async look() {
    for (const part of [this.buttons, this.more, this.below]) part.replaceChildren();
    const unfit = this.file.size > MOST_BYTES ? "文件超过 64 MB，不像填报用的工作簿，没有打开。" : otherKind(this.file.name);
    if (unfit) {
      this.say(unfit, "error");
      return;
    }
    try {
      const { told } = await this.ask({ do: "look" }, `正在检查“${this.file.name}”`);
      if (told.refused) this.say(told.refused, "error");
      else if (told.kind === "definition") this.showDefinition(told);
      else this.showBook(told);
    } catch (error) {
      this.say(failure(error), "warning");
      this.again("再检查一次", () => this.look());
    }
  }

  again(words, work) {
    this.buttons.replaceChildren(make("button", { type: "button", onclick: work }, words));
  }

  showBook(told) {
    this.told = told;
    this.title.textContent = told.title;
    this.say(sentence(counted(told.findings)), gravest(told.findings));
    const fix = make("input", { type: "checkbox", checked: true });
    const write = make("input", { type: "checkbox" });
    const mend = make("button", { type: "button", class: "main", onclick: () => this.recompute(fix.checked, write.checked) }, "重算并改正");
    const choices = make("span", {}, make("label", {}, fix, "同时改正只有一种意思的填写错误（如“3.5分”）"), " ", make("label", {}, write, "把剩下的问题写在“校验”表上"));
    this.buttons.replaceChildren(mend, choices);
    this.more.replaceChildren(...(told.whole ? this.offices() : []), this.data());
    this.below.replaceChildren(
      ...(told.findings.length ? [findingsOf(told.findings, "问题", true)] : []),
      this.scores(told, !told.findings.some((one) => one.severity === "error")),
      ...(told.readings ? [this.readings()] : []),
    );
  }

  async recompute(fix, write) {
    try {
      const { told, files } = await this.ask({ do: "recompute", fix, write }, `正在重算“${this.file.name}”`);
      if (told.refused) {
        this.say(told.refused, "error");
        return;
      }
      const renewed = told.renewed ? `这本簿由以前的版本生成，${told.renewed} 格公式和文字换成了现在的写法，算法不变。` : "";
      const chosen = told.chosen ? `按“待定”表里选的填了 ${told.chosen} 格。` : "";
      const words = told.count ? `改好了：${chosen}恢复了 ${told.restored + told.dressed.length + told.redrawn} 处，更新了 ${told.updated} 个数。${renewed}` : "得分都对，没有要改的。";
      const left = told.findings.length ? `还要人来处理的：${sentence(counted(told.findings))}` : "没有剩下的问题。";
      this.finish(`${words}${left}`, told.findings, files[0], "（已重算）", "保存改正后的工作簿", [
        ...(told.changes.length || told.dressed.length ? [changesOf(told)] : []),
        ...(told.findings.length ? [findingsOf(told.findings, "还要处理的问题", true)] : []),
        this.scores({ ...this.told, ...told }, true),
        ...(this.told.readings ? [this.readings()] : []),
      ]);
    } catch (error) {
      this.say(failure(error), "warning");
    }
  }

  // What the office does with its book, in the order of the year.
  offices() {
    const making = (ask, words, doing) => make("button", { type: "button", onclick: () => this.produce(ask, words, doing) }, words);
    const gather = make("button", { type: "button", onclick: () => this.gather() }, "汇总收上来的表");
    return [
      step("下发", making({ do: "split", view: "department" }, "各部门填报簿", "正在拆分"), making({ do: "split", view: "unit" }, "各单位自评簿", "正在拆分")),
      step("收表", gather, ...(this.told.asks.length ? [make("button", { type: "button", onclick: () => this.take() }, "取别的考核的结果")] : [])),
      ...(this.told.scored ? [step("公布", making({ do: "notice" }, "通报", "正在写通报"), making({ do: "statements", unit: "" }, "得分说明单", "正在写得分说明单"), making({ do: "analysis" }, "结果分析", "正在分析结果"))] : []),
      step("明年", making({ do: "next_year" }, "下一年度的定义簿", "正在写定义簿"), ...this.years()),
    ];
  }

  // What another scheme does to this one, or to the figures in it.
  years() {
    const whatIf = make("button", { type: "button", onclick: () => this.choose("what_if", WHAT_IF, true, (chosen) => this.whatIf(chosen)) }, "新办法试算");
    return [
      make("button", { type: "button", onclick: () => this.choose("compare", COMPARE, true, (chosen) => this.compare(chosen)) }, "两年对比"),
      ...(this.told.scored ? [whatIf] : []),
    ];
  }

  data() {
    const take = make("button", { type: "button", onclick: () => this.choose("fill", FILL, false, (chosen) => this.fillFrom(chosen, false)) }, "导入数据");
    return step("数据", make("button", { type: "button", onclick: () => this.produce({ do: "values" }, "导出数据", "正在导出数据") }, "导出数据"), take);
  }

  produce(ask, words, doing) {
    return produce({ ...ask, path: this.path }, `${words}：${this.told.title}`, doing, () => this.files(), this.made);
  }

  gather() {
    const words = "把部门、单位报来的表收进这本总簿：数不一样的、可疑的不会乱收，写在“待定”表上等人选。";
    this.collect("gather", words, (files) => this.gatherFrom(files));
  }

  take() {
    const words = `把填好的来源考核簿交给这里，取它们算出的结果：${this.told.asks.join("、")}（文件名里有这些编号）。`;
    this.collect("take", words, (files) => this.takeFrom(files, false));
  }

  // What is asked before something is done. Asked for again, it goes away.
  panel(what, words, ...parts) {
    const old = this.box.querySelector(".gathering");
    if (old) old.remove();
    if (old && old.dataset.what === what) return;
    this.more.after(make("div", { class: "gathering", role: "group", "aria-label": words, "data-what": what }, make("p", {}, words), ...parts));
  }

  others() {
    return [...books].filter((book) => book !== this).map((book) => book.file);
  }

  // One other thing for this book: a file that is open beside it, one that is chosen, or a scheme that is known.
  choose(what, words, schemes, work) {
    const others = this.others();
    const list = make("select", { size: schemes ? "6" : null });
    const search = make("input", { type: "search", autocomplete: "off" });
    const bare = (id) => id.replace(/\d{4}/, "");
    const near = (one) => (one.id !== this.told.scheme && bare(one.id) === bare(this.told.scheme) ? 0 : 1);
    const fill = () => {
      const open = others.map((file, at) => make("option", { value: `file ${at}` }, file.name));
      const known = schemes ? schemesWith(search.value).sort((a, b) => near(a) - near(b)).map(schemeOption) : [];
      list.replaceChildren(...(open.length ? [make("optgroup", { label: "下面打开的文件" }, ...open)] : []), ...(known.length ? [make("optgroup", { label: "已有的考核办法" }, ...known)] : []));
      list.selectedIndex = 0;
      go.disabled = !list.options.length;
    };
    const picked = () => (list.value.startsWith("file ") ? work({ file: others[Number(list.value.slice(5))] }) : work({ scheme: list.value }));
    const go = make("button", { type: "button", class: "main", onclick: picked }, "就用选中的");
    search.addEventListener("input", fill);
    fill();
    const input = make("input", { type: "file", accept: schemes ? ".xlsx,.xlsm" : ".xlsx,.xlsm,.yaml,.yml" });
    input.addEventListener("change", () => input.files.length && work({ file: input.files[0] }));
    this.panel(what, words,
      ...(schemes ? [make("label", {}, "按地方、年份或名称里的字来找", search)] : []),
      ...(schemes || others.length ? [make("label", {}, "从这里选", list)] : []),
      make("p", { class: "buttons" }, ...(schemes || others.length ? [go] : []), make("label", { class: "button" }, "选文件", input)));
  }

  // A file or a scheme that was chosen: what Python calls it, and what it has to be given for that.
  given({ file, scheme }) {
    if (scheme) return { name: scheme, files: () => this.files() };
    const place = `${this.place}-in-${(places += 1)}`;
    return { name: `/books/${place}/${file.name}`, files: this.beside([file], place) };
  }

  compare(chosen) {
    const { name, files } = this.given(chosen);
    return this.madeOf({ do: "compare", path: this.path, other: name }, "两年对比", "正在对比", files, differencesOf);
  }

  whatIf(chosen) {
    const { name, files } = this.given(chosen);
    return this.madeOf({ do: "what_if", rules: name, book: this.path }, "新办法试算", "正在试算", files, outcomesOf);
  }

  ownRules(chosen) {
    const { name, files } = this.given(chosen);
    return this.madeOf({ do: "what_if", rules: this.path, book: name }, "新办法试算", "正在试算", files, outcomesOf);
  }

  // Something made of this book and another file, which is asked for no longer.
  madeOf(ask, words, doing, files, shown) {
    for (const old of this.box.querySelectorAll(".gathering")) old.remove();
    return produce(ask, `${words}：${this.told.title}`, doing, files, this.made, shown);
  }

  // Other files for this book: those that are open beside it, and those that are chosen for it.
  collect(what, words, work) {
    const others = this.others();
    const choose = (folder) => {
      const input = make("input", { type: "file", multiple: !folder, webkitdirectory: folder, accept: folder ? null : ".xlsx,.xlsm" });
      input.addEventListener("change", () => work(folder ? [...input.files].filter(isBook) : [...input.files]));
      return make("label", { class: "button" }, folder ? "选文件夹" : "选文件", input);
    };
    const open = make("button", { type: "button", class: "main", onclick: () => work(others) }, `用下面打开的其他 ${others.length} 个文件`);
    this.panel(what, words, make("p", { class: "buttons" }, ...(others.length ? [open] : []), choose(true), choose(false)));
  }

  // Files for the worker, in a folder of their own, beside this book.
  beside(files, place) {
    return async () => {
      const own = await this.files();
      const read = async (file) => ({ place, once: true, name: file.webkitRelativePath || file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
      return [...own, ...(await Promise.all(files.filter((file) => file.size <= MOST_BYTES).map(read)))];
    };
  }

  takeFrom(files, asIs) {
    const place = `${this.place}-in-${(places += 1)}`;
    const ask = { do: "take", sources: `/books/${place}`, as_is: asIs };
    return this.change(ask, "正在取数", this.beside(files, place), () => this.takeFrom(files, true), (told) => {
      const counts = Object.entries(told.counts).map(([id, count]) => `从 ${id} 取了 ${count} 个数。`);
      const missing = this.told.asks.filter((id) => !(id in told.counts));
      const words = [...counts, missing.length ? `没有取到的：${missing.join("、")}，给的文件里没有它的考核簿。` : "", ...told.words];
      return [words.filter(Boolean).join("\n"), "（已取数）", "保存取数后的工作簿", "取数以后的问题"];
    });
  }

  fillFrom(chosen, asIs) {
    const { name, files } = this.given(chosen);
    return this.change({ do: "fill", source: name, as_is: asIs }, "正在导入数据", files, () => this.fillFrom(chosen, true), (told) => [
      `已填 ${told.count} 格，得分随之更新。`, "（已导入）", "保存导入数据后的工作簿", "导入以后的问题",
    ]);
  }

  // Values put into the book. anyway: puts them in though some are doubtful; words: what came of it, the mark on the file's name, and
  // what its link and what is left to do are called.
  async change(ask, doing, files, anyway, words) {
    try {
      const { told, files: made } = await busy.over(doing, (say) => python.ask({ ...ask, path: this.path }, files, say));
      for (const old of this.box.querySelectorAll(".doubts")) old.remove();
      if (told.refused) this.say(told.refused, "error");
      else if (told.doubts) {
        this.say(`有 ${told.doubts.length} 个数要核对，还没有填：\n${told.doubts.join("\n")}`, "warning");
        this.said.after(make("p", { class: "buttons doubts" }, make("button", { type: "button", onclick: anyway }, "核对过了，照着填")));
      } else {
        const [said, mark, label, title] = words(told);
        this.finish(said, told.findings, made[0], mark, label, [
          ...(told.findings.length ? [findingsOf(told.findings, title, false)] : []),
          this.scores({ ...this.told, ...told }, true),
          ...(this.told.readings ? [this.readings()] : []),
        ]);
      }
    } catch (error) {
      this.say(failure(error), "warning");
    }
  }

  async gatherFrom(files) {
    const place = `${this.place}-in-${(places += 1)}`;
    try {
      const work = (say) => python.ask({ do: "gather", path: this.path, sources: `/books/${place}` }, this.beside(files, place), say);
      const { told, files: made } = await busy.over("正在汇总", work);
      if (told.refused) {
        this.say(told.refused, "error");
        return;
      }
      const waiting = told.waiting.length ? `有 ${told.waiting.length} 格要人来选，在“待定”表里选。` : "";
      this.finish(`收了 ${told.reports.length} 个文件，新收 ${told.count} 格。${waiting}`, told.waiting.length ? told.findings : [], made[0], "（已汇总）", "保存汇总后的总簿", [
        gatheredOf(told),
        ...(told.waiting.length ? [waitingOf(told)] : []),
        ...(told.findings.length ? [findingsOf(told.findings, "汇总以后的问题", false)] : []),
        this.scores({ ...this.told, ...told }, false),
      ]);
    } catch (error) {
      this.say(failure(error), "warning");
    }
  }

  // What was done to the book, and the new one to be saved; whatever is done next is done to that.
  finish(words, findings, file, mark, label, below) {
    if (!this.box.isConnected) return; // moved away meanwhile
    for (const link of this.box.querySelectorAll(".done a.save")) dropped(link);
    for (const old of this.box.querySelectorAll(".done, .doubts, .gathering")) old.remove();
    const made = new File([file.bytes], file.name);
    const link = saving(made, file.name.replace(/(\.\w+)$/, `${mark}$1`), label);
    this.file = made;
    this.round = -1;
    this.say(words, gravest(findings));
    this.said.after(make("p", { class: "buttons done" }, link));
    this.below.replaceChildren(...below);
    link.focus();
  }

  scores(told, open) {
    const detail = make("div");
    const most = Math.max(...told.units.map((unit) => Number(unit.total) || 0), 0);
    const grouped = told.units.some((unit) => unit.group);
    const heads = ["位次", ...(grouped ? ["组别"] : []), "被考核单位", "总分", "", "等次", "填报"];
    const order = [...told.units].sort((a, b) => (a.group === b.group ? (a.rank || 1e6) - (b.rank || 1e6) : 0));
    const rows = order.map((unit) => {
      const bar = make("div", { class: "bar", hidden: !unit.total });
      bar.style.width = most > 0 ? `${Math.max(0, (100 * (Number(unit.total) || 0)) / most)}%` : "0";
      const name = make("button", { type: "button", onclick: () => this.unit(told, unit, detail) }, unit.name);
      return make("tr", {}, make("td", { class: "number" }, String(unit.rank || "")), ...(grouped ? [make("td", {}, unit.group)] : []), make("td", {}, name),
        make("td", { class: "number" }, unit.total || ""), make("td", { class: "bars", "aria-hidden": "true" }, bar),
        make("td", { class: "short" }, unit.grade || ""), make("td", { class: "short" }, unit.complete ? "已填完" : "未填完"));
    });
    const head = make("tr", {}, ...heads.map((word) => (word ? make("th", { scope: "col" }, word) : make("td", { class: "bars", "aria-hidden": "true" }))));
    return make("details", { open }, make("summary", {}, "得分和位次（点单位看各项得分）"), make("div", { class: "scroll" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))), detail);
  }

  unit(told, unit, detail) {
    const item = (id, name, score) =>
      make("li", {}, make("button", { type: "button", onclick: () => this.explain(unit.name, id) }, make("span", {}, name), make("b", {}, score)));
    const listed = told.indicators.filter((one) => unit.scores[one.id] !== undefined);
    const named = (one) => (one.id === one.name ? one.name : `${one.id} ${one.name}`);
    const account = make("button", { type: "button", onclick: () => this.explain(unit.name, "") }, "得分和失分的说明");
    const paper = make("button", { type: "button", onclick: () => this.produce({ do: "statements", unit: unit.name }, `${unit.name}得分说明单`, "正在写得分说明单") }, "存成得分说明单（Word）");
    detail.replaceChildren(
      make("h3", { tabindex: "-1" }, `${unit.name}的各项得分（点一项看是怎么算的）`),
      ...(this.told.whole && this.told.scored ? [make("p", { class: "buttons" }, account, paper)] : []),
      make("ul", { class: "scores" }, ...listed.map((one) => item(one.id, named(one), unit.scores[one.id] === null ? "－" : unit.scores[one.id])), item("总分", "总分", unit.total || "－")),
    );
    detail.firstChild.focus();
    detail.scrollIntoView({ block: "nearest" });
  }

  async explain(unit, indicator) {
    try {
      const { told } = await this.ask(indicator ? { do: "explain", unit, indicator } : { do: "account", unit }, "正在说明得分");
      if (told.refused) tell("说明不了", [told.refused]);
      else tell(told.head, told.lines);
    } catch (error) {
      tell("说明不了", [failure(error)]);
    }
  }

  readings() {
    const inside = make("div");
    const look = async () => {
      try {
        const { told } = await this.ask({ do: "readings" }, "正在换读法试算");
        inside.replaceChildren(...(told.refused ? [make("p", {}, told.refused)] : [...told.readings.map(readingOf), ...(told.left ? [make("p", {}, `${told.left}。`)] : [])]));
      } catch (error) {
        inside.replaceChildren(make("p", {}, failure(error)));
      }
    };
    inside.append(make("button", { type: "button", onclick: look }, "试算"));
    return make("details", {}, make("summary", {}, "换一种读法，谁的结果会变"), inside);
  }

  showDefinition(told) {
    this.told = told;
    this.title.textContent = `定义簿：${told.title}`;
    const errors = told.problems.filter((one) => one.severity === "error").length;
    this.say(errors ? `有 ${errors} 处错误，改好后再拖进来。` : `没有错误，办法里有 ${told.remarks.length} 处可以写得更明白。`, errors ? "error" : "fine");
    if (!errors) {
      const blanks = () => this.produce({ do: "blank_of_definition" }, "空白表", "正在生成空白表");
      const whatIf = make("button", { type: "button", onclick: () => this.choose("what_if", OWN_RULES, false, (chosen) => this.ownRules(chosen)) }, "新办法试算");
      const compare = make("button", { type: "button", onclick: () => this.choose("compare", COMPARE, true, (chosen) => this.compare(chosen)) }, "两年对比");
      this.buttons.replaceChildren(make("button", { type: "button", class: "main", onclick: blanks }, "生成空白表"));
      this.more.replaceChildren(compare, whatIf);
    }
    const problem = (one) => make("tr", {}, make("td", { class: "short" }, make("span", { class: `severity ${one.severity}` }, one.word)), make("td", {}, one.text));
    const remark = (one) => make("tr", {}, make("td", { class: "short" }, one.cell), make("td", {}, one.text, " ", make("span", { class: "remedy" }, one.clause)), make("td", {}, one.wording));
    this.below.replaceChildren(
      ...(told.problems.length ? [section(`写得不对的地方（${told.problems.length}）`, ["程度", "哪里、什么、怎么改"], told.problems.map(problem), true)] : []),
      ...(told.remarks.length ? [section(`办法里没有写明的地方（${told.remarks.length}）`, ["位置", "问题", "可以写"], told.remarks.map(remark), !errors)] : []),
    );
  }
}

// A table that unfolds. On a phone each row is a box, and a cell says itself what stands in it.
function section(title, heads, rows, open) {
  for (const row of rows) [...row.children].forEach((cell, at) => cell.setAttribute("data-head", heads[at]));
  const head = make("tr", {}, ...heads.map((word) => make("th", { scope: "col" }, word)));
  return make("details", { open }, make("summary", {}, title), make("div", { class: "scroll" }, make("table", { class: "findings" }, make("thead", {}, head), make("tbody", {}, ...rows))));
}

function counted(findings) {
  const counts = { error: 0, warning: 0, todo: 0 };
  for (const one of findings) counts[one.severity] += 1;
  return counts;
}

function gravest(findings) {
  const counts = counted(findings);
  return ["error", "warning", "todo"].find((one) => counts[one]) || "fine";
}

function sentence({ error, warning, todo }) {
  const parts = [error ? `${error} 处错误` : "", warning ? `${warning} 处要核对` : "", todo ? `${todo} 处没填` : ""].filter(Boolean);
  return parts.length ? `${parts.join("，")}。` : "没有发现问题。";
}

function findingsOf(findings, title, open) {
  const body = make("tbody");
  const more = make("button", { type: "button" });
  const count = make("p", { role: "status" });
  let shown = ROWS;
  const options = (key, word) => {
    const names = [...new Set(findings.map((one) => one[key]).filter(Boolean))];
    return make("select", {}, make("option", { value: "" }, word), ...names.map((name) => make("option", { value: name }, name)));
  };
  const filters = { word: options("word", "全部"), about: options("about", "全部"), unit: options("unit", "全部") };
  const fill = () => {
    const listed = findings.filter((one) => Object.entries(filters).every(([key, select]) => !select.value || one[key] === select.value));
    body.replaceChildren(...listed.slice(0, shown).map(findingRow));
    count.textContent = listed.length === findings.length ? "" : `选出 ${listed.length} 条，共 ${findings.length} 条`;
    more.hidden = listed.length <= shown;
    more.textContent = `再显示 ${Math.min(ROWS, listed.length - shown)} 条（共 ${listed.length} 条）`;
  };
  for (const select of Object.values(filters))
    select.addEventListener("change", () => {
      shown = ROWS;
      fill();
    });
  more.addEventListener("click", () => {
    shown += ROWS;
    fill();
  });
  fill();
  const labels = { word: "程度", about: "指标", unit: "单位" };
  const bar = make("div", { class: "filters" }, ...Object.entries(filters).map(([key, select]) => make("label", {}, labels[key], select)));
  const head = make("tr", {}, ...["程度", "位置", "单位", "指标", "问题和怎么办"].map((word) => make("th", { scope: "col" }, word)));
  return make("details", { open }, make("summary", {}, `${title}（${findings.length}）`), bar, count,
    make("div", { class: "scroll" }, make("table", { class: "findings" }, make("thead", {}, head), body)), more);
}

function findingRow(one) {
  return make("tr", {}, make("td", { class: "short" }, make("span", { class: `severity ${one.severity}` }, one.word)),
    make("td", { class: "short" }, one.cell ? `${one.sheet}!${one.cell}` : one.sheet), make("td", {}, one.unit), make("td", {}, one.about),
    make("td", {}, `${one.message}。`, make("span", { class: "remedy" }, one.fix)));
}

function changesOf(told) {
  const edits = told.changes.map((one) => make("tr", {}, make("td", { class: "short" }, `${one.sheet}!${one.cell}`), make("td", {}, one.reason), make("td", {}, one.was), make("td", {}, one.now)));
  const dressed = told.dressed.map((one) => make("tr", {}, make("td", { class: "short" }, `${one.sheet}!${one.cell}`), make("td", {}, "恢复格子的样子，填的数不变"), make("td", {}, one.lost), make("td", {}, "")));
  const count = told.chosen + told.restored + told.updated + dressed.length;
  const shown = edits.length + dressed.length;
  return section(`改动了什么（${count}${shown < count ? `，列出前 ${shown} 处` : ""}）`, ["位置", "为什么", "原来", "现在"], [...dressed, ...edits], false);
}

function readingOf(one) {
  const changes = Object.entries(one.changes).map(([unit, moves]) => make("li", {}, `${unit}：${moves.join("，")}`));
  const asks = one.asks.length ? `这种读法还要填：${one.asks.join("、")}` : "";
  return make("div", {}, make("p", {}, `${one.reading}${one.clause ? `（${one.clause}）` : ""}：现取“${one.takes}”，若取“${one.option}”（${one.says}）。${asks}`),
    one.error ? make("p", {}, `这种读法算不了：${one.error}`) : changes.length ? make("ul", {}, ...changes) : make("p", { class: "remedy" }, "没有单位的结果会变。"));
}

function gatheredOf(told) {
  const row = (one) => make("tr", {}, make("td", {}, one.file), make("td", {}, one.whose), make("td", { class: "short" }, one.standing),
    ...one.counts.map((count) => make("td", { class: "number" }, count ? String(count) : "")), make("td", {}, one.words.join("；")));
  const heads = ["文件", "谁报的", "情况", "新收", "已有", "待定", "不能收", "要看一看的"];
  const table = section(`收了哪些文件（${told.reports.length}）`, heads, told.reports.map(row), true);
  if (told.late.length) table.append(make("p", {}, `还没有报齐的：${told.late.join("；")}`));
  return table;
}

function waitingOf(told) {
  const row = (one) => make("tr", {}, make("td", { class: "short" }, one.cell), make("td", {}, one.label), make("td", {}, one.unit), make("td", {}, one.offers));
  return section(`要人来选的（${told.waiting.length}）`, ["位置", "填什么", "单位", "报来的数"], told.waiting.map(row), true);
}

function differencesOf(told) {
  const [before, after] = told.years;
  const row = (one) => make("tr", {}, make("td", {}, one.section), make("td", {}, one.where), make("td", {}, one.what), make("td", {}, one.units.join("、")),
    make("td", {}, one.before), make("td", {}, one.after));
  const heads = ["部分", "指标", "哪一项", "单位", `原来（${before}）`, `现在（${after}）`];
  return told.differences.length ? [section(`哪里不同（${told.differences.length}）`, heads, told.differences.map(row), true)] : [];
}

function outcomesOf(told) {
  const row = (cells) => make("tr", {}, ...cells.map((cell, at) => make("td", { class: at ? "number" : null }, cell)));
  const table = section("各单位原来和按新办法的结果", told.heads, told.rows.map(row), true);
  return [table, make("details", {}, make("summary", {}, "带过来了哪些数，哪些得分变了"), ...told.lines.map((line) => make("p", { class: "remedy" }, line)))];
}

function tell(head, lines) {
  by("told-head").textContent = head;
  by("told-lines").replaceChildren(...lines.map((line) => make("p", {}, line)));
  if (!by("told").open) by("told").showModal();
  by("told").scrollTop = 0;
}

by("told-close").addEventListener("click", () => by("told").close());
by("stop").addEventListener("click", () => python.stop());

// Files that are given --------------------------------------------------------------------------------------------------------

function open(files) {
  const wanted = files.filter((file) => !/^(~\$|\.)/.test(file.name) && !file.name.includes(".备份"));
  const books = wanted.map((file) => new Book(file));
  by("books").prepend(...books.map((book) => book.box));
  for (const book of books) book.look();
  if (books.length) books[0].box.scrollIntoView({ block: "nearest" });
}

async function within(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(found.map(within))).flat();
    found.push(...some);
  }
}

// What is to be said of a file that is no workbook; of one that looks like one Python says what is wrong.
function otherKind(name) {
  if (BOOK.test(name)) return "";
  if (/\.(zip|rar|7z)$/i.test(name)) return "这是压缩包；请先解压，再把里面的考核簿拖进来。";
  if (/\.ya?ml$/i.test(name)) return "这是数值文件或方案文件，不是考核簿；要填数，打开那本考核簿，点“导入数据”。";
  return "这不是 Excel 工作簿，没有打开；请把考核簿（.xlsx）拖进来。";
}

const isBook = (file) => BOOK.test(file.name);
for (const id of ["files", "folder"])
  by(id).addEventListener("change", () => {
    const files = [...by(id).files];
    open(id === "folder" ? files.filter(isBook) : files);
    by(id).value = "";
  });
for (const kind of ["dragover", "dragenter"])
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("over");
});
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  const plain = [...event.dataTransfer.files];
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) {
    open(plain);
    return;
  }
  open((await Promise.all(entries.map(within))).flat().filter(isBook));
});

listSchemes();
if (!document.documentElement.classList.contains("old")) start();
