"use strict";
(() => {
  const level = document.getElementById("level"), width = document.getElementById("width"), blink = document.getElementById("blink");
  const functions = document.querySelectorAll("#window feFuncR, #window feFuncG, #window feFuncB");
  const apply = () => {
    const slope = 100 / Number(width.value), intercept = 0.5 - slope * Number(level.value) / 100;
    functions.forEach(f => { f.setAttribute("slope", slope); f.setAttribute("intercept", intercept); });
  };
  level.addEventListener("input", apply);
  width.addEventListener("input", apply);
  document.getElementById("reset").addEventListener("click", () => { level.value = 50; width.value = 100; apply(); });

  const pairs = document.querySelectorAll(".blink");
  const label = pair => { pair.nextElementSibling.textContent = pair.dataset[pair.classList.contains("on") ? "second" : "first"]; };
  pairs.forEach(pair => pair.addEventListener("click", () => { pair.classList.toggle("on"); label(pair); }));
  let timer = 0;
  blink.addEventListener("click", () => {
    if (timer) { clearInterval(timer); timer = 0; blink.setAttribute("aria-pressed", "false"); return; }
    blink.setAttribute("aria-pressed", "true");
    timer = setInterval(() => pairs.forEach(pair => { pair.classList.toggle("on"); label(pair); }), 600);
  });
})();
