// What the tablet page tells: whether everything is saved, what waits and why, what is refused, what is missing.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { page, words } = desk;
  const RANK = ["session", "lost", "barred", "again"]; // the trouble that is told of several

  const clock = (moment) => new Intl.DateTimeFormat("en-GB", { timeZone: words.zone, hour: "2-digit", minute: "2-digit" }).format(moment);

  // ---- beside a field
  function quiet(group) {
    group.classList.remove("is-bad");
    for (const box of group.querySelectorAll("[data-trouble], .ins-hint")) box.remove();
  }
  // gives false where there is no place to tell it
  function complain(group, answer, { takeTheirs, takeMine }) {
    const mould = document.getElementById("trouble");
    if (!mould || !group) return false;
    quiet(group);
    group.classList.remove("is-waiting");
    group.classList.add("is-bad");
    const box = mould.content.firstElementChild.cloneNode(true);
    box.querySelector("[data-said]").textContent = answer.message;
    const isConflict = answer.outcome === "conflict";
    box.querySelector("[data-both]").hidden = box.querySelector("[data-choose]").hidden = !isConflict;
    if (isConflict) {
      box.querySelector("[data-theirs]").textContent = answer.shown;
      box.querySelector("[data-yours]").textContent = answer.yours;
      box.querySelector("[data-by]").textContent = answer.by;
      box.querySelector("[data-take=theirs]").addEventListener("click", takeTheirs);
      box.querySelector("[data-take=mine]").addEventListener("click", takeMine);
    }
    group.append(box);
    return true;
  }
  function hint(group, text) {
    for (const old of group.querySelectorAll(".ins-hint")) old.remove();
    if (!text) return;
    const line = document.createElement("p");
    line.className = "ins-hint";
    line.textContent = text;
    group.append(line);
  }

  // ---- above everything: one line of each kind, gone when its text is empty
  const strips = new Map();
  function strip(kind, text) {
    if ((strips.get(kind) || "") === text) return;
    if (text) strips.set(kind, text);
    else strips.delete(kind);
    const box = page.querySelector("[data-stop]");
    const told = Array.from(strips.values(), (one) => {
      const line = document.createElement("p");
      line.textContent = one;
      return line;
    });
    box.querySelector("[data-stop-text]").replaceChildren(...told);
    box.querySelector("[data-stop-sign-in]").hidden = !strips.has("session");
    box.hidden = !strips.size;
  }

  // ---- the corner: saved, waiting, why
  function worst() {
    const all = Array.from(desk.troubles.values());
    return all.sort((a, b) => RANK.indexOf(a.fate) - RANK.indexOf(b.fate))[0];
  }
  const opened = page.querySelector("[data-save-1]")?.textContent; // when it was saved last, as the server told it
  const SECOND = { session: "textSession", lost: "textLost", barred: "textBarred", again: "textAgain" };
  function paint() {
    const count = desk.count();
    const n = count.waiting;
    const trouble = n ? worst() : null;
    strip("storage", count.unkept || !desk.canKeep() ? words.textStorage : "");
    strip("session", trouble?.fate === "session" ? words.textSignedOut : "");
    strip("barred", trouble?.fate === "barred" ? words.textBarredWhy.replace("{why}", trouble.message) : "");
    strip("unsent", n && !desk.isEditable ? words.textReadOnly.replace("{n}", n) : "");
    const box = page.querySelector("[data-save]");
    if (!box || page.dataset.replayed !== "yes") return; // what waits in the browser is not known yet
    const put = (text, time) => text.replace("{time}", time ? clock(time) : "").replace("{n}", n);
    const isCut = Boolean(trouble) || !navigator.onLine;
    let [mood, first, second] = [isCut ? "is-kept" : "", "", navigator.onLine ? words.textLinked : words.textNoLink];
    if (!desk.canKeep()) second = words.textKeepsNothing;
    const isKeeping = desk.isKeeping(); // "saved" and "kept" wait for it
    if (!n && isKeeping) first = words.textSaving;
    else if (!n) first = desk.savedAt ? put(words.textSaved, desk.savedAt) : opened;
    else if (trouble) [mood, first, second] = ["is-kept", isKeeping ? words.textSaving : put(words.textKept, desk.typedAt || new Date()), put(words[SECOND[trouble.fate]], trouble.since)];
    else [first, second] = [words.textSaving, put(words.textWaiting)];
    if (trouble && count.unkept) [mood, first] = ["is-bad", words.textUnkept];
    if (count.refused) [mood, second] = [mood || "is-bad", `${words.textTrouble.replace("{n}", count.refused)}${n ? ` · ${second}` : ""}`];
    box.className = `ins-save ${mood}`;
    box.querySelector("[data-save-1]").textContent = first;
    box.querySelector("[data-save-2]").textContent = second;
    for (const icon of box.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== (isCut ? "off" : "on");
  }
  for (const change of ["online", "offline"]) window.addEventListener(change, paint);

  // ---- the foot: what is missing before it can be submitted
  function tellMissing(missing) {
    const left = page.querySelector("[data-left]");
    left.classList.toggle("is-done", !missing.length);
    left.querySelector("[data-left-1]").textContent = missing.length ? words.textLeft.replace("{n}", missing.length) : words.textComplete;
    left.querySelector("[data-left-2]").textContent = missing.slice(0, 2).map((one) => one.message).join(" · ");
    for (const part of page.querySelectorAll("[data-line-part]")) {
      const lacking = missing.filter((one) => one.line === part.dataset.linePart).map((one) => one.field.split(".")[0]);
      for (const tab of part.querySelectorAll("[data-tab]")) {
        tab.classList.toggle("is-done", !tab.dataset.tabFields.split(" ").some((field) => lacking.includes(field)));
      }
    }
  }
  async function refresh() {
    const said = await desk.ask(words.api, { method: "GET" });
    if (said.fate === "ok") tellMissing(said.body.missing);
  }

  Object.assign(desk, { quiet, complain, hint, strip, paint, tellMissing, refresh });
})();
