/* A piece of work instead of a wait, while many reports arrive at once (docs/floods.md).
   Finds which number, as PBKDF2's salt, derives a key that begins as the page says; the rest of
   that key is the answer. Runs on our own pages only, sends nothing, keeps nothing. */
"use strict";

(() => {
  const task = document.getElementById("work");
  const form = task && task.closest("form");
  if (!form || !window.crypto || !crypto.subtle || !form.requestSubmit) return;

  const { password, beginning, most, rounds, busy, done } = task.dataset;
  const AT_ONCE = 16;
  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (buffer) =>
    Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function solve() {
    const usage = ["deriveBits"];
    const key = await crypto.subtle.importKey("raw", bytes(password), "PBKDF2", false, usage);
    const derive = async (number) => {
      const salt = bytes(String(number));
      const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: Number(rounds) };
      return hex(await crypto.subtle.deriveBits(how, key, 256));
    };
    for (let first = 0; first < Number(most); first += AT_ONCE) {
      const numbers = Array.from({ length: AT_ONCE }, (_, i) => first + i);
      const found = (await Promise.all(numbers.map(derive))).find((k) => k.startsWith(beginning));
      if (found) return found.slice(beginning.length);
    }
    throw new Error("no number fits");
  }

  let finished = false;
  let button = null;

  form.addEventListener("submit", (event) => {
    if (finished) return;
    event.preventDefault();
    button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    task.textContent = busy;
  });

  solve()
    .then((answer) => {
      form.elements.flood_work.value = answer;
      task.textContent = done;
    })
    .catch(() => { task.textContent = ""; })
    .finally(() => {
      finished = true;
      if (!button) return;
      button.removeAttribute("aria-busy");
      form.requestSubmit(button);
    });
})();
