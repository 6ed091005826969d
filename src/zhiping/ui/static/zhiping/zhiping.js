// Comforts only: every page works without this file.
"use strict";

(() => {
  // A form marked data-once is sent once: a second press while the first is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("once" in form.dataset)) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // The pressed button's name and value must still be sent, so it is disabled only afterwards.
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = true)), 0);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = false));
    });
  });

  // A row that leads somewhere does so wherever it is pressed, unless text is being selected.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.assign(row.dataset.href);
  });

  // "/" goes to the first search or filter field.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = document.querySelector("form[role=search] input:not([type=hidden]), form[role=search] select");
    if (!field) return;
    event.preventDefault();
    field.focus();
  });

  // A chosen file is named with its size; files may be dropped anywhere on the box.
  const size = (bytes) => (bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  document.querySelectorAll("form[data-upload]").forEach((box) => {
    const input = box.querySelector("input[type=file]");
    if (!input) return;
    const chosen = document.createElement("p");
    chosen.className = "upload-chosen";
    chosen.setAttribute("role", "status");
    input.after(chosen);
    input.addEventListener("change", () => {
      chosen.textContent = [...input.files].map((file) => `已选择：${file.name}（${size(file.size)}）`).join("；");
    });
    ["dragover", "dragleave", "drop"].forEach((name) =>
      box.addEventListener(name, (event) => {
        event.preventDefault();
        box.classList.toggle("is-over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) {
          input.files = event.dataTransfer.files;
          input.dispatchEvent(new Event("change"));
        }
      }),
    );
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  document.querySelectorAll("[data-back]").forEach((button) => {
    button.hidden = !document.referrer;
    button.addEventListener("click", () => window.history.back());
  });

  document.querySelector("[data-focus]")?.focus();
})();
