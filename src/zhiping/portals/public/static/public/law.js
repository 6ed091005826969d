// The slider over days: a comfort beside the date field, which does the same without this file.
"use strict";

(() => {
  const DAY = 86400000;
  const iso = (first, days) => new Date(Date.parse(`${first}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
  const spoken = (day) => {
    const [year, month, date] = day.split("-").map(Number);
    return `${year}年${month}月${date}日`;
  };

  const enhance = () => {
    document.querySelectorAll("[data-days]").forEach((box) => {
      if (box.dataset.ready) return;
      box.dataset.ready = "yes";
      const range = box.querySelector("input[type=range]");
      const says = box.querySelector("output");
      const form = box.closest("form");
      const field = form.elements[box.dataset.days];
      let waiting;
      const tell = () => {
        const day = iso(box.dataset.first, Number(range.value));
        says.textContent = spoken(day);
        range.setAttribute("aria-valuetext", spoken(day));
        return day;
      };
      range.addEventListener("input", () => {
        field.value = tell();
      });
      // The keyboard moves it a day at a time, so the page is asked for once the key has rested.
      range.addEventListener("change", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => form.requestSubmit(), 450);
      });
      field.addEventListener("change", () => {
        const days = (Date.parse(`${field.value}T00:00:00Z`) - Date.parse(`${box.dataset.first}T00:00:00Z`)) / DAY;
        if (Number.isFinite(days)) {
          range.value = String(days);
          tell();
        }
      });
      tell();
      box.hidden = false;
    });
  };

  // Whoever moves the slider by the keyboard goes on moving it on the page that comes back.
  let wasHeld = false;
  document.addEventListener("htmx:beforeSwap", () => {
    wasHeld = Boolean(document.activeElement?.closest("[data-days]"));
  });
  document.addEventListener("htmx:afterSettle", () => {
    enhance();
    if (wasHeld) document.querySelector("[data-days] input[type=range]")?.focus({ preventScroll: true });
    wasHeld = false;
  });
  enhance();
  document.addEventListener("htmx:historyRestore", enhance);
  // On a phone the tabs run off the side: the current one is brought into sight.
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
})();
