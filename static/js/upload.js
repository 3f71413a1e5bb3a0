// Says at once that a file is past the limit, before a slow line has carried it. The server refuses it all the same.
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-upload]")) {
      const field = form.querySelector("input[type=file][data-max-bytes]");
      const words = form.querySelector("[data-too-large]");
      const send = form.querySelector("button[type=submit]");
      field.addEventListener("change", () => {
        const tooLarge = Array.from(field.files).some((file) => file.size > Number(field.dataset.maxBytes));
        words.hidden = !tooLarge;
        send.disabled = tooLarge;
      });
    }
  });
})();
