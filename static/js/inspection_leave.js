// What cannot be done without a link, and what may be lost on leaving the page: taking out a photograph that the server
// has, giving the examination up, submitting it. Without a link they say so and leave everything as it is.
(function () {
  "use strict";
  const desk = window.pcuExamination;
  if (!desk) return;
  const { page, words } = desk;
  const PATIENCE = 10_000; // ms

  const hasJudged = (said) => said.fate === "ok" || said.fate === "refused" || said.fate === "barred";

  // ---- photographs that the server has
  function tellAt(item, text) {
    item.querySelector("[data-said]")?.remove();
    const line = document.createElement("span");
    line.className = "bad-t";
    line.dataset.said = "yes";
    line.setAttribute("role", "alert");
    line.textContent = text;
    item.append(line);
  }
  document.getElementById("photo-out")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    const item = button.closest("li");
    button.disabled = true;
    const said = await desk.ask(button.dataset.remove, { body: "{}", patience: PATIENCE });
    button.disabled = false;
    if (said.fate !== "ok") return tellAt(item, hasJudged(said) ? said.message : words.textNeedLink);
    const part = item.closest("[data-line-part]");
    item.remove();
    page.dispatchEvent(new CustomEvent("examination:photos", { detail: part }));
    desk.refresh();
    desk.keepPage().catch(() => {}); // or a page opened without a link would still show it
  });

  // ---- giving up and submitting: what waits goes first, or it would never be taken
  async function whyNot() {
    await desk.settled(); // what was typed just before the click waits too
    const { waiting } = desk.count();
    if (waiting) return words.textNeedAll.replace("{n}", waiting);
    const said = await desk.ask(words.api, { method: "GET", patience: PATIENCE });
    return hasJudged(said) ? "" : words.textNeedLink;
  }
  document.getElementById("drop-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const why = await whyNot();
    const told = page.querySelector("[data-drop-said]");
    told.textContent = why;
    told.hidden = !why;
    if (!why) form.submit();
  });
  page.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-submit]");
    if (!link) return;
    event.preventDefault();
    const why = await whyNot();
    desk.strip("submit", why);
    if (!why) location.assign(link.href);
  });

  // ---- the browser asks before it closes a page that alone holds something
  window.addEventListener("beforeunload", (event) => {
    if (desk.count().unkept && !window.pcuKept.isLeaving()) event.preventDefault();
  });
})();
