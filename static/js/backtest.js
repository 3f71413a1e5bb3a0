/* Sliders beside the numbers of a back-test. The number is what is sent; without this script it is typed. */
(() => {
  "use strict";
  const ready = (form) => {
    for (const slider of form.querySelectorAll("input[type=range][data-for]")) {
      const number = document.getElementById(slider.dataset.for);
      if (!number) continue;
      slider.hidden = false;
      slider.value = number.value;
      slider.addEventListener("input", () => { number.value = slider.value; });
      slider.addEventListener("change", () => number.dispatchEvent(new Event("change", { bubbles: true })));
      number.addEventListener("input", () => { slider.value = number.value; });
    }
  };
  for (const form of document.querySelectorAll("form[data-sliders]")) ready(form);
})();
